using System.Diagnostics;

namespace DeepDigits.Cli;

/// <summary>How fast a training goes, and how long it will still take.</summary>
/// <param name="examples">The examples of an epoch.</param>
/// <param name="elapsed">The time since some moment; null: the machine's clock.</param>
sealed class TrainingClock(int examples, Func<TimeSpan>? elapsed = null)
{
    readonly Func<TimeSpan> elapsed = elapsed ?? ElapsedSince(Stopwatch.GetTimestamp());
    TimeSpan startTime;
    double startPosition = -1, position, end;

    /// <summary>
    /// Where the training stands. The clock starts with the first call, so that what a checkpoint had done before does not count.
    /// </summary>
    public void Report(in TrainingProgress progress)
    {
        position = progress.Epoch - 1 + (double)progress.Step / progress.StepsPerEpoch;
        end = progress.Epochs;
        if (startPosition < 0)
            (startPosition, startTime) = (position, elapsed());
    }

    /// <summary>The share of the training that is done.</summary>
    public double Done => end == 0 ? 0 : position / end;

    /// <summary>"52,000 images/s, 1 min 20 s left"; empty before the first steps.</summary>
    public string Status
    {
        get
        {
            var seconds = (elapsed() - startTime).TotalSeconds;
            if (position <= startPosition || seconds <= 0)
                return "";
            var epochsPerSecond = (position - startPosition) / seconds;
            var timeLeft = Numbers.Duration((end - position) / epochsPerSecond);
            return $"{Numbers.Whole((long)(epochsPerSecond * examples))} images/s, {timeLeft} left";
        }
    }

    static Func<TimeSpan> ElapsedSince(long start) => () => Stopwatch.GetElapsedTime(start);
}
