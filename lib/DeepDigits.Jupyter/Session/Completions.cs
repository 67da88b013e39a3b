namespace DeepDigits.Jupyter;

/// <summary>What may stand at the cursor.</summary>
/// <param name="Matches">The proposals, best first.</param>
/// <param name="Start">Where the text that a proposal replaces begins, in UTF-16 units.</param>
/// <param name="End">Where it ends (exclusive).</param>
public sealed record Completions(IReadOnlyList<Completion> Matches, int Start, int End);

/// <summary>One proposal.</summary>
/// <param name="Text">The text to insert.</param>
/// <param name="Kind">What it is: <c>method</c>, <c>property</c>, <c>class</c>, <c>keyword</c> and so on.</param>
/// <param name="Signature">Its declaration in short, for front ends that show it; null for keywords and directives.</param>
public sealed record Completion(string Text, string Kind, string? Signature = null);
