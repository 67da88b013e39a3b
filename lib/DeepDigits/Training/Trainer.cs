using System.Diagnostics;

namespace DeepDigits;

/// <summary>The training loop: shuffle, take a batch, vary its images, predict, measure the loss, go back through the layers, take a step; after each epoch
/// validate and save.</summary>
sealed class Trainer
{
    readonly Sequential network;
    readonly Dataset train;
    readonly TrainingOptions options;
    readonly OptimizerState optimizer;
    readonly AveragedState? average;
    readonly Augmenter? augmenter;
    readonly Batches batches;
    readonly Tensor images;
    readonly byte[] labels;
    readonly List<EpochResult> epochs = [];
    Tensor? gradient;
    BestParameters? best;

    public Trainer(Sequential network, Dataset train, TrainingOptions options)
    {
        options.Validate(train);
        if (!train.ImageShape.SequenceEqual(network.InputShape))
            throw new ShapeException($"The network was built for examples of shape {Tensor.Format(network.InputShape)}, but the training set's are {Tensor.Format(train.ImageShape)}.");
        (this.network, this.train, this.options) = (network, train, options);
        optimizer = new OptimizerState(options.Optimizer, network.Parameters);
        average = options.Averaging is null ? null : new AveragedState(options.Averaging, network);
        augmenter = options.Augmentation is null ? null : new Augmenter(options.Augmentation, train.ImageShape);
        batches = new Batches(train.Count, options.BatchSize);
        var rows = Math.Min(train.Count, options.BatchSize);
        images = Tensor.Uninitialized([rows, .. train.ImageShape]);
        labels = new byte[rows];
    }

    public History Run(IProgress<TrainingProgress>? progress, CancellationToken cancellation)
    {
        var checkpoint = options.Checkpoint is null ? null : new Checkpoint(options.Checkpoint, network, optimizer, average, options.Describe(train));
        best = checkpoint?.TryResume(epochs);
        while (epochs.Count < options.Epochs && !IsOver())
        {
            epochs.Add(RunEpoch(epochs.Count + 1, progress, cancellation));
            if (options.EarlyStopping is not null && (best is null || epochs[^1].ValidationLoss < epochs[best.Epoch - 1].ValidationLoss))
                best = BestParameters.Copy(average?.Values ?? network.State.Select(entry => entry.Value), epochs.Count, best);
            checkpoint?.Save(epochs, best);
        }
        average?.Restore();
        best?.Restore(network);
        return new History([.. epochs], best?.Epoch ?? epochs.Count);
    }

    bool IsOver() => options.EarlyStopping is { } rule && best is not null && epochs.Count - best.Epoch >= rule.Patience;

    EpochResult RunEpoch(int epoch, IProgress<TrainingProgress>? progress, CancellationToken cancellation)
    {
        var start = Stopwatch.GetTimestamp();
        if (options.Shuffle)
            batches.Shuffle(new SeededRandom(options.Seed).Stream(RandomStreams.Shuffling, epoch));
        var (lossSum, correct, seen) = (0.0, 0, 0);
        for (var batch = 0; batch < batches.Count; batch++)
        {
            cancellation.ThrowIfCancellationRequested();
            var (loss, hits) = Step(batches[batch], epoch);
            seen += batches[batch].Length;
            lossSum += loss * batches[batch].Length;
            correct += hits;
            if (batch < batches.Count - 1)
                progress?.Report(new TrainingProgress(epoch, options.Epochs, batch + 1, batches.Count, lossSum / seen, (double)correct / seen, null));
        }
        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;

        var validation = options.Validation is null ? default : Measure(options.Validation);
        var result = new EpochResult(epoch, lossSum / seen, (double)correct / seen,
            options.Validation is null ? null : validation.Loss, options.Validation is null ? null : validation.Accuracy, seconds);
        progress?.Report(new TrainingProgress(epoch, options.Epochs, batches.Count, batches.Count, result.Loss, result.Accuracy, result));
        return result;
    }

    /// <summary>Loss and accuracy of the network as it would be if the training ended here.</summary>
    (double Loss, double Accuracy) Measure(Dataset validation)
    {
        average?.Exchange();
        try
        {
            return network.Measure(validation, options.Loss);
        }
        finally
        {
            average?.Exchange();
        }
    }

    /// <summary>Learns from one batch. In steady state this allocates nothing.</summary>
    (double Loss, int Correct) Step(ReadOnlyMemory<int> examples, int epoch)
    {
        images.ResizeRows(examples.Length);
        var batchLabels = labels.AsMemory(0, examples.Length);
        train.Gather(examples, images, batchLabels);
        augmenter?.Apply(images, examples, options.Seed, epoch);

        var logits = network.Forward(images, Pass.Training(options.Seed, optimizer.Steps));
        Tensor.Reuse(ref gradient, examples.Length, network.OutputShape);
        var loss = options.Loss.Compute(logits, batchLabels.Span, gradient);
        var correct = Classification.CountCorrect(logits, batchLabels.Span);

        network.Backward(gradient);
        optimizer.Step(options.Optimizer.LearningRate * options.Schedule.At(optimizer.Steps, (long)options.Epochs * batches.Count));
        average?.Update(optimizer.Steps);
        return (loss, correct);
    }
}
