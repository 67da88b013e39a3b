namespace DeepDigits;

/// <summary>What an original project published of a training; null is what it did not.</summary>
/// <param name="TrainAccuracy">The accuracy on the examples that were learned from, at the end.</param>
/// <param name="ValidationAccuracy">The accuracy on the examples that were held out, at the end.</param>
/// <param name="TrainLoss">The loss on the examples that were learned from, at the end.</param>
/// <param name="ValidationLoss">The loss on the examples that were held out, at the end.</param>
/// <param name="BestValidationAccuracy">The highest accuracy on the examples that were held out after any epoch.</param>
/// <param name="ReadingError">How far the accuracies may be off because they were read from a drawn curve; null where they were printed as numbers.</param>
public sealed record ReportedFigures(double? TrainAccuracy = null, double? ValidationAccuracy = null, double? TrainLoss = null, double? ValidationLoss = null,
    double? BestValidationAccuracy = null, double? ReadingError = null);
