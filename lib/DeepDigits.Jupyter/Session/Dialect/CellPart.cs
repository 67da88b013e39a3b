namespace DeepDigits.Jupyter;

/// <summary>One of the steps that a cell is cut into: code, or a magic command between two pieces of code.</summary>
abstract record CellPart;

/// <summary>C# to compile. Lines that belong to other parts are blank in it, so that line numbers are those of the cell.</summary>
/// <param name="Code">The code.</param>
/// <param name="References">The directives that add references before it is compiled, in order.</param>
sealed record CodePart(string Code, IReadOnlyList<ReferenceDirective> References) : CellPart;

/// <summary>A magic command with what follows it on its line, and for another language the lines up to the next language.</summary>
/// <param name="Name">The command without <c>#!</c>, in lower case.</param>
/// <param name="Arguments">The rest of its line, trimmed.</param>
/// <param name="Content">The lines in another language; empty for commands that have none.</param>
/// <param name="Line">The line of the cell, counted from 1.</param>
sealed record MagicPart(string Name, string Arguments, string Content, int Line) : CellPart;

/// <summary>What a directive refers to.</summary>
enum ReferenceKind
{
    /// <summary><c>#r "nuget: Id, Version"</c>.</summary>
    Package,

    /// <summary><c>#r "path"</c>: an assembly.</summary>
    Assembly,

    /// <summary><c>#i "nuget: source"</c>: one more place that packages come from.</summary>
    PackageSource,

    /// <summary><c>#load "path"</c>: source code, which may have directives of its own.</summary>
    Source,
}

/// <summary>A <c>#r</c>, <c>#i</c> or <c>#load</c> line.</summary>
/// <param name="Kind">What it refers to.</param>
/// <param name="Target">The package id, the path, or the source.</param>
/// <param name="Version">The package's version as written, or null for the newest stable one.</param>
/// <param name="Line">The line of the cell, counted from 1.</param>
sealed record ReferenceDirective(ReferenceKind Kind, string Target, string? Version, int Line);
