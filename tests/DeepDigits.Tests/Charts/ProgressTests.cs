namespace DeepDigits.Tests.Charts;

public sealed class ProgressTests
{
    [Fact]
    public void WithoutANotebookALineIsWrittenAfterEveryEpochWithoutTimes()
    {
        var lines = new StringWriter { NewLine = "\n" };
        var progress = new Progress("MLP", 1, _ => null, lines);
        Train(progress, epochs: 2, validation: 0.5);
        Assert.Equal("""
            MLP: epoch 1 of 2, loss 0.5000, accuracy 90.00 %, validation loss 1.2500, validation accuracy 50.00 %
            MLP: epoch 2 of 2, loss 0.2500, accuracy 95.00 %, validation loss 1.2500, validation accuracy 50.00 %

            """.ReplaceLineEndings("\n"), lines.ToString());
    }

    [Fact]
    public void WhatStaysListsTheEpochsAndNoTimes()
    {
        var view = Last(progress => Train(progress, epochs: 3));
        Assert.Equal("MLP\nepoch    loss  accuracy\n    1  0.5000   90.00 %\n    2  0.2500   95.00 %\n    3  0.1667   96.67 %", view.ToString());
        Assert.DoesNotContain("left", view.ToHtml());
        Assert.DoesNotContain("rgba", view.ToHtml());
        Assert.Equal(view.ToHtml(), Last(progress => Train(progress, epochs: 3)).ToHtml());
    }

    [Fact]
    public void ATrainingThatStopsEarlyLeavesABarButNoTimes()
    {
        var view = Last(progress =>
        {
            progress.Report(new TrainingProgress(1, 10, 1, 2, 0.5, 0.9, null));
            Thread.Sleep(20);
            progress.Report(new TrainingProgress(1, 10, 2, 2, 0.5, 0.9, new EpochResult(1, 0.5, 0.9, null, null, 1.23)));
        });
        Assert.Contains("width:10%", view.ToHtml());
        Assert.Contains("epoch 1 of 10", view.ToString());
        Assert.DoesNotContain("steps/s", view.ToString());
    }

    [Fact]
    public void WhileATrainingRunsTheRateAndTheTimeLeftAreShown()
    {
        List<string> shown = [];
        var progress = new Progress("MLP", 1, view => new NotebookOutput(Record(shown, view)), null);
        for (var step = 1; step <= 8; step++)
        {
            progress.Report(new TrainingProgress(1, 1, step, 10, 0.5, 0.9, null));
            Thread.Sleep(150);
        }
        Assert.Contains(shown, text => text.Contains("steps/s") && text.Contains("left"));
    }

    [Fact]
    public void SeveralTrainingsGetARowEach()
    {
        var view = Last(progress =>
        {
            Train(progress.For("0.001"), epochs: 2);
            Train(progress.For("0.1 <&>"), epochs: 1);
        }, trainings: 3);
        Assert.Contains("training 2 of 3, epoch 1 of 1", view.ToString());
        Assert.Contains("   0.001       2  0.2500   95.00 %", view.ToString());
        Assert.Contains("0.1 &lt;&amp;&gt;", view.ToHtml());
        Assert.Contains("width:66.7%", view.ToHtml());
    }

    [Fact]
    public void ASecondTrainingWithTheSameProgressIsARowOfItsOwn()
    {
        var view = Last(progress =>
        {
            Train(progress, epochs: 2);
            Train(progress, epochs: 1);
        });
        Assert.Contains("training 1", view.ToString());
        Assert.Contains("training 2", view.ToString());
    }

    [Fact]
    public void ARealTrainingReportsToIt()
    {
        var lines = new StringWriter { NewLine = "\n" };
        var network = Training.SmallTraining.Network();
        var history = network.Fit(Training.SmallTraining.Data, Training.SmallTraining.Options with { Epochs = 2 }, new Progress("", 1, _ => null, lines));
        Assert.Equal(2, lines.ToString().Count(character => character == '\n'));
        Assert.Contains(FormattableString.Invariant($"accuracy {100 * history.Epochs[1].Accuracy:0.00} %"), lines.ToString());
    }

    static ProgressView Last(Action<Progress> train, int trainings = 1)
    {
        ProgressView? last = null;
        var progress = new Progress("MLP", trainings, view => new NotebookOutput(new Place(next => last = (ProgressView)next, view)), null);
        train(progress);
        return last!;
    }

    static Place Record(List<string> shown, ProgressView first) => new(view => shown.Add(view.ToString()!), first);

    static void Train(IProgress<TrainingProgress> progress, int epochs, double? validation = null)
    {
        const int steps = 3;
        for (var epoch = 1; epoch <= epochs; epoch++)
        {
            for (var step = 1; step <= steps; step++)
                progress.Report(new TrainingProgress(epoch, epochs, step, steps, 0.5 / epoch, 1 - 0.1 / epoch, null));
            var result = new EpochResult(epoch, 0.5 / epoch, 1 - 0.1 / epoch, validation is null ? null : 1.25, validation, Seconds: epoch);
            progress.Report(new TrainingProgress(epoch, epochs, steps, steps, result.Loss, result.Accuracy, result));
        }
    }

    /// <summary>What a front end returns of something shown.</summary>
    sealed class Place
    {
        readonly Action<object> show;

        public Place(Action<object> show, object first)
        {
            this.show = show;
            show(first);
        }

        public void Update(object value) => show(value);
    }
}
