namespace DeepDigits.Jupyter;

/// <summary>What is known of the name at the cursor.</summary>
/// <param name="Found">Whether there is such a name.</param>
/// <param name="Value">Its signature and documentation as <c>text/plain</c>, <c>text/markdown</c> and <c>text/html</c>; null if there is none.</param>
public sealed record Inspection(bool Found, MimeBundle? Value);
