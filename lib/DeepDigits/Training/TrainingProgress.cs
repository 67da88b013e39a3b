namespace DeepDigits;

/// <summary>Where a training stands; reported after every step.</summary>
/// <param name="Epoch">The epoch at work, from 1.</param>
/// <param name="Epochs">How many there will be.</param>
/// <param name="Step">The steps of this epoch that are done.</param>
/// <param name="StepsPerEpoch">How many steps an epoch has.</param>
/// <param name="Loss">The mean loss over the epoch so far.</param>
/// <param name="Accuracy">The accuracy over the epoch so far.</param>
/// <param name="Finished">The result of the epoch, after its last step.</param>
public readonly record struct TrainingProgress(int Epoch, int Epochs, int Step, int StepsPerEpoch, double Loss, double Accuracy, EpochResult? Finished);
