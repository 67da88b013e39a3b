namespace DeepDigits.Jupyter;

/// <summary>A package or an assembly that cannot be had, or cannot be had beside what is loaded already.</summary>
/// <param name="message">What is missing or in the way, and what to do.</param>
sealed class PackageException(string message) : Exception(message);
