namespace DeepDigits;

/// <summary>
/// A picture shows no digit: nothing in it stands out from its border. The message says what was measured, and what to do.
/// </summary>
public sealed class DigitNotFoundException(string message) : Exception(message);
