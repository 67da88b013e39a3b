namespace DeepDigits;

/// <summary>What a training measured, epoch by epoch.</summary>
/// <param name="Epochs">The finished epochs, in order.</param>
/// <param name="BestEpoch">The epoch (from 1) whose parameters the network holds now when early stopping brought them back; otherwise the
/// last one.</param>
public sealed record History(IReadOnlyList<EpochResult> Epochs, int BestEpoch)
{
    /// <summary>Seconds of training, without the validation.</summary>
    public double TrainingSeconds => Epochs.Sum(epoch => epoch.Seconds);
}

/// <summary>What one epoch of a training measured.</summary>
/// <param name="Epoch">Its number, from 1.</param>
/// <param name="Loss">The mean loss over the epoch's examples, each taken when its batch was learned from: so with the parameters of that
/// moment, and with dropout.</param>
/// <param name="Accuracy">The share of the epoch's examples that were predicted correctly at that same moment.</param>
/// <param name="ValidationLoss">The mean loss over the validation set after the epoch, if there is one.</param>
/// <param name="ValidationAccuracy">The share of the validation set predicted correctly after the epoch, if there is one.</param>
/// <param name="Seconds">The duration of the epoch without the validation. The only number here that differs from run to run.</param>
public sealed record EpochResult(int Epoch, double Loss, double Accuracy, double? ValidationLoss, double? ValidationAccuracy, double Seconds);
