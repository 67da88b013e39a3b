using System.Diagnostics;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace DeepDigits.Cli;

/// <summary>Shows how a training goes on: a bar with rate and time left on a screen, and a line for each epoch.</summary>
static class TrainingDisplay
{
    const string StatusKey = "status";

    /// <summary>Does some work under a progress display.</summary>
    /// <param name="terminal">Where to show it.</param>
    /// <param name="examples">The examples of an epoch.</param>
    /// <param name="work">The training; it reports to its argument.</param>
    public static T Run<T>(Terminal terminal, int examples, Func<IProgress<TrainingProgress>, T> work)
    {
        if (!terminal.IsInteractive)
            return work(new Lines(terminal));
        return NewProgress(terminal).Start(context =>
        {
            var bar = new Bar(terminal, context.AddTask("starting", maxValue: 1), examples);
            return work(bar);
        });
    }

    /// <summary>Bars whose right end says how fast it goes.</summary>
    public static Spectre.Console.Progress NewProgress(Terminal terminal)
    {
        var progress = terminal.Reports.Progress().AutoClear(true).Columns(
            new TaskDescriptionColumn { Alignment = Justify.Left },
            new ProgressBarColumn { Width = 30 },
            new PercentageColumn(),
            new StatusColumn());
        progress.RefreshRate = TimeSpan.FromMilliseconds(200); // drawing costs time that the training could use
        return progress;
    }

    /// <summary>Sets what stands at the right end of a bar.</summary>
    public static void SetStatus(ProgressTask bar, string status) => bar.State.Update<Status>(StatusKey, _ => new Status(status));

    /// <summary>What an epoch measured, as a line.</summary>
    public static string Describe(EpochResult epoch, int epochs)
    {
        var number = $"{epoch.Epoch}".PadLeft($"{epochs}".Length);
        var text = FormattableString.Invariant($"epoch {number} of {epochs}   loss {epoch.Loss:F4}   accuracy {Numbers.Percent(epoch.Accuracy),8}");
        if (epoch is { ValidationLoss: { } loss, ValidationAccuracy: { } accuracy })
            text += FormattableString.Invariant($"   validation loss {loss:F4}   accuracy {Numbers.Percent(accuracy),8}");
        return $"{text}   {Numbers.Duration(epoch.Seconds)}";
    }

    sealed class Lines(Terminal terminal) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value)
        {
            if (value.Finished is { } epoch)
                terminal.Line(Describe(epoch, value.Epochs));
        }
    }

    sealed class Bar(Terminal terminal, ProgressTask bar, int examples) : IProgress<TrainingProgress>
    {
        static readonly TimeSpan pause = TimeSpan.FromMilliseconds(100);

        readonly TrainingClock clock = new(examples);
        long lastShown;

        public void Report(TrainingProgress value)
        {
            clock.Report(value);
            if (value.Finished is { } epoch)
                terminal.LineAboveBars(Describe(epoch, value.Epochs));
            else if (Stopwatch.GetElapsedTime(lastShown) < pause)
                return;
            lastShown = Stopwatch.GetTimestamp();
            bar.Description = $"epoch {value.Epoch} of {value.Epochs}";
            bar.Value = clock.Done;
            SetStatus(bar, clock.Status);
        }
    }

    sealed class StatusColumn : ProgressColumn
    {
        protected override bool NoWrap => true;

        public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime) =>
            new Text(task.State.Get<Status>(StatusKey).Text ?? "").Overflow(Overflow.Ellipsis);
    }

    /// <summary>Spectre keeps only structures with a bar.</summary>
    readonly record struct Status(string? Text);
}
