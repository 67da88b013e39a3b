using System.CommandLine;
using System.Globalization;

namespace DeepDigits.Cli;

/// <summary>Options that several commands have. Each call makes a new one, for one command.</summary>
static class CommonOptions
{
    public static Option<string?> Data() => new("--data")
    {
        HelpName = "FOLDER",
        Description = "A folder with four files in MNIST's format (IDX, plain or gzipped). "
            + "Default: the built-in MNIST, or what DEEPDIGITS_DATA names.",
    };

    public static Option<bool> Json() => new("--json")
    {
        Description = "Write JSON, and nothing else, to standard output.",
    };

    public static Option<int?> Threads() => AtLeast(1, new Option<int?>("--threads")
    {
        HelpName = "N",
        Description = "How many threads compute. It changes the time, never the result. "
            + "Default: one for each processor, or what DEEPDIGITS_THREADS says.",
    });

    public static Option<string?> Results() => new("--results")
    {
        HelpName = "FOLDER",
        Description = "Where results are kept. Default: data/results of this clone; outside of a clone, or with other data, "
            + "deepdigits-results in the current directory.",
    };

    public static Option<bool> Quick() => new("--quick")
    {
        Description = "Two epochs on a tenth of the data: shows in seconds that everything works. The figures mean nothing.",
    };

    public static Option<string> Part() => new Option<string>("--part")
    {
        HelpName = "test|train",
        Description = "Which part of the data set.",
        DefaultValueFactory = _ => "test",
    }.AcceptOnlyFrom("test", "train");

    public static Option<string?> Task() => new Option<string?>("--task")
    {
        HelpName = "digits|squares",
        Description = "The question: which digit is it, or is it the square of a whole number (0, 1, 4, 9)? "
            + "Default: what the model was trained for, else digits.",
    }.AcceptOnlyFrom(Tasks.Digits, Tasks.Squares);

    /// <summary>Refuses numbers below a least one.</summary>
    public static Option<int?> AtLeast(int least, Option<int?> option)
    {
        option.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && int.TryParse(token.Value, CultureInfo.InvariantCulture, out var number) && number < least)
                result.AddError($"{option.Name} must be at least {least}, but it is {number}.");
        });
        return option;
    }

    /// <summary>Refuses other words than these.</summary>
    public static Option<T> AcceptOnlyFrom<T>(this Option<T> option, params string[] words)
    {
        option.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && !words.Contains(token.Value))
                result.AddError($"{option.Name} must be {string.Join(", ", words[..^1])} or {words[^1]}, but it is '{token.Value}'.");
        });
        option.CompletionSources.Add(words);
        return option;
    }

    /// <summary>Limits the threads of what is computed until the result is disposed, if a number is given.</summary>
    public static IDisposable? Limit(int? threads) => threads is { } number ? Workers.Limit(number) : null;
}
