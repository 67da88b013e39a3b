using System.Diagnostics;
using Spectre.Console;

namespace DeepDigits.Cli;

/// <summary>
/// Shows how several trainings go on, one after the other or side by side: a bar for each that is at work, and one for all; or lines.
/// </summary>
sealed class RunDisplay
{
    static readonly TimeSpan pause = TimeSpan.FromMilliseconds(100);

    readonly Terminal terminal;
    readonly ProgressContext? context;
    readonly ProgressTask? all;
    readonly Lock gate = new();

    RunDisplay(Terminal terminal, ProgressContext? context, int count)
    {
        (this.terminal, this.context) = (terminal, context);
        if (count > 1)
            all = context?.AddTask($"{count} trainings", maxValue: count);
    }

    /// <summary>Does some work under the display.</summary>
    /// <param name="terminal">Where to show it.</param>
    /// <param name="count">How many trainings there will be.</param>
    /// <param name="work">The trainings.</param>
    public static T Run<T>(Terminal terminal, int count, Func<RunDisplay, T> work)
    {
        if (!terminal.IsInteractive || count == 0)
            return work(new RunDisplay(terminal, null, count));
        return TrainingDisplay.NewProgress(terminal).HideCompleted(true).Start(context => work(new RunDisplay(terminal, context, count)));
    }

    /// <summary>A receiver for the progress of one training.</summary>
    /// <param name="name">What it is called.</param>
    /// <param name="examples">The examples of an epoch.</param>
    public IProgress<TrainingProgress> Start(string name, int examples) => new OneRun(this, name, examples);

    /// <summary>Writes a line above the bars.</summary>
    public void Line(string text)
    {
        lock (gate)
        {
            if (context is null)
                terminal.Line(text);
            else
                terminal.LineAboveBars(text);
        }
    }

    sealed class OneRun : IProgress<TrainingProgress>
    {
        readonly RunDisplay display;
        readonly string name;
        readonly TrainingClock clock;
        readonly ProgressTask? bar;
        double shown;
        long lastShown;

        public OneRun(RunDisplay display, string name, int examples)
        {
            (this.display, this.name) = (display, name);
            clock = new TrainingClock(examples);
            bar = display.context?.AddTask(name.EscapeMarkup(), maxValue: 1);
        }

        public void Report(TrainingProgress value)
        {
            clock.Report(value);
            if (bar is null)
            {
                if (value.Finished is { } epoch)
                    display.Line($"{name}: {TrainingDisplay.Describe(epoch, value.Epochs)}");
                return;
            }
            if (value.Finished is null && Stopwatch.GetElapsedTime(lastShown) < pause)
                return;
            lastShown = Stopwatch.GetTimestamp();
            bar.Description = $"{name}: epoch {value.Epoch} of {value.Epochs}".EscapeMarkup();
            bar.Value = clock.Done;
            TrainingDisplay.SetStatus(bar, clock.Status);
            display.all?.Increment(clock.Done - shown);
            shown = clock.Done;
        }
    }
}
