using System.Reflection;
using Microsoft.CodeAnalysis.CSharp;

namespace DeepDigits.Jupyter;

/// <summary>A compiled piece of a cell.</summary>
/// <param name="Compilation">What the compiler knows of it; later cells see its declarations through this.</param>
/// <param name="Assembly">What it was compiled to; null for a cell of nothing but <c>using</c> lines.</param>
/// <param name="Entry">Runs it, given the array in which all submissions keep their instances; null if there is nothing to run.</param>
/// <param name="CellName">The cell's name.</param>
/// <param name="Lines">The source, line by line.</param>
sealed record Submission(
    CSharpCompilation Compilation,
    Assembly? Assembly,
    Func<object?[], Task<object?>>? Entry,
    string CellName,
    string[] Lines);
