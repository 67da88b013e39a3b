using System.Diagnostics;

namespace DeepDigits;

/// <summary>Shows in a notebook how a training goes: a bar, steps a second, the time left, and the results of the epochs.</summary>
/// <remarks>
/// <para>Where a front end can replace what a cell has shown (this project's kernel, .NET Interactive), all of it stays in one place and is drawn
/// anew several times a second. Elsewhere (Verso, a program in a terminal) a line is written after every epoch.</para>
/// <para>Times are shown only while a training runs. What stays when it has ended is the same whenever the training is, so that a notebook that is
/// run again is the same file.</para>
/// </remarks>
/// <example><code>network.Fit(train, options, new Progress("LeNet"));</code></example>
public sealed class Progress : IProgress<TrainingProgress>
{
    static readonly TimeSpan interval = TimeSpan.FromMilliseconds(200);

    readonly string title;
    readonly int trainings;
    readonly List<ProgressOfTraining> running = [];
    readonly Stopwatch watch = new();
    readonly Lock gate = new();
    readonly Func<ProgressView, NotebookOutput?> show;
    readonly TextWriter? lines;
    NotebookOutput? output;
    bool isShown;
    double firstShare;
    long steps;
    TimeSpan lastUpdate;

    /// <summary>Shows one training, or several under one bar.</summary>
    /// <param name="title">What is trained.</param>
    /// <param name="trainings">How many trainings there will be, such as the settings of a sweep; see <see cref="For"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is not at least one training.</exception>
    public Progress(string title, int trainings = 1)
        : this(title, trainings, NotebookOutput.TryShow, null)
    {
    }

    internal Progress(string title, int trainings, Func<ProgressView, NotebookOutput?> show, TextWriter? lines)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(trainings, 1);
        (this.title, this.trainings, this.show, this.lines) = (ChartText.Clean(title), trainings, show, lines);
    }

    /// <summary>The receiver of one of several trainings, which get a row each: <c>network.Fit(train, options, progress.For("0.001"))</c>.</summary>
    /// <param name="name">What distinguishes it from the others, such as its learning rate.</param>
    public IProgress<TrainingProgress> For(string name) => new Named(this, Add(name));

    /// <summary>Takes in how far a training is. Training calls this after every step.</summary>
    public void Report(TrainingProgress value)
    {
        lock (gate)
        {
            var isNew = running.Count == 0 || (value is { Epoch: 1, Step: 1, Finished: null } && running[^1].Epochs.Count > 0);
            Report(isNew ? Add("") : running[^1], value);
        }
    }

    ProgressOfTraining Add(string name)
    {
        lock (gate)
        {
            running.Add(new ProgressOfTraining(ChartText.Clean(name)));
            return running[^1];
        }
    }

    void Report(ProgressOfTraining training, TrainingProgress value)
    {
        lock (gate)
        {
            training.Latest = value;
            if (value.Finished is { } result)
                training.Epochs.Add(result);
            else
                steps++;
            if (!watch.IsRunning)
            {
                watch.Start();
                (firstShare, steps) = (Share, 0);
            }
            // A training may end with any epoch, so what is shown after one must be fit to stay.
            if (value.Finished is null && isShown && (output is null || watch.Elapsed - lastUpdate < interval))
                return;
            lastUpdate = watch.Elapsed;
            var view = new ProgressView(title, trainings, Share, [.. running], value.Finished is null ? Pace() : "");
            if (!isShown)
                (output, isShown) = (show(view), true);
            else
                output?.Update(view);
            if (output is null && value.Finished is { } finished)
                (lines ?? Console.Out).WriteLine(ProgressView.Line(string.Join(", ", new[] { title, training.Name }.Where(text => text.Length > 0)), value.Epochs, finished));
        }
    }

    /// <summary>How much of all trainings is done, from 0 to 1.</summary>
    double Share => running.Sum(training => training.Share) / Math.Max(trainings, running.Count);

    string Pace()
    {
        var seconds = watch.Elapsed.TotalSeconds;
        var (share, done) = (Share, Share - firstShare);
        return seconds < 0.5 || done <= 0 ? "" : $"{ChartText.Number(steps / seconds, false)} steps/s, {Duration((1 - share) * seconds / done)} left";
    }

    static string Duration(double seconds) => seconds switch
    {
        < 1 => "less than 1 s",
        < 60 => FormattableString.Invariant($"{Math.Ceiling(seconds):0} s"),
        < 3600 => FormattableString.Invariant($"{(int)seconds / 60} min {(int)seconds % 60} s"),
        _ => FormattableString.Invariant($"{(int)(seconds / 3600)} h {(int)(seconds % 3600) / 60} min"),
    };

    sealed class Named(Progress owner, ProgressOfTraining training) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => owner.Report(training, value);
    }
}

/// <summary>How far one training is.</summary>
sealed class ProgressOfTraining(string name)
{
    public string Name { get; } = name;

    public List<EpochResult> Epochs { get; } = [];

    public TrainingProgress Latest { get; set; }

    public double Share => Latest.Epochs == 0 ? 0 : (Latest.Epoch - 1 + (double)Latest.Step / Latest.StepsPerEpoch) / Latest.Epochs;
}
