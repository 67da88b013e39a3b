namespace DeepDigits.Cli;

/// <summary>What the runs of an experiment say about the published figure, in a sentence.</summary>
static class Verdict
{
    public static string Explain(ExperimentResult result)
    {
        if (result.IsQuick)
            return $"{result.Name}: a quick run on a part of the data. It works, but its accuracy means nothing.";
        if (result.Reported is not { } reported)
            return $"{result.Name}: our own experiment; there is no published figure.";
        var (mean, margin) = (Numbers.Percent(result.Mean), FormattableString.Invariant($"{100 * result.Margin:F2} points"));
        var (ours, allowance) = result.Runs.Count == 1
            ? ($"our accuracy of {mean}", $"the {margin} that the choice of the test images can make (two standard errors)")
            : ($"our mean of {mean}", $"the {margin} by which one more run may differ from the mean (95 %)");
        var difference = FormattableString.Invariant($"{100 * (reported - result.Mean):F2} points");
        var published = $"The published {Numbers.Percent(reported)} are";
        var sentence = reported <= result.Mean ? $"reproduced. {published} not above {ours}."
            : reported <= result.Mean + result.Margin ? $"reproduced. {published} {difference} above {ours}, within {allowance}."
            : $"not reproduced. {published} {difference} above {ours}, more than {allowance}.";
        return $"{result.Name}: {sentence}{(result.Runs.Count == 1 ? " This was a single run; --runs 5 tells more." : "")}";
    }
}
