namespace DeepDigits.Jupyter;

/// <summary>One code cell to run.</summary>
/// <param name="Code">The source: C# with the directives and magic commands of the .NET notebook dialect.</param>
/// <param name="Name">What compile errors and stack traces call the cell, for example <c>Cell 3</c>; when null the session counts for itself.</param>
/// <param name="Silent">Whether the value of a trailing expression is left out of the result.</param>
public sealed record Cell(string Code, string? Name = null, bool Silent = false);
