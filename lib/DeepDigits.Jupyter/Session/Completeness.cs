namespace DeepDigits.Jupyter;

/// <summary>Whether a piece of code can be run as it stands.</summary>
public enum CompletenessStatus
{
    /// <summary>It can.</summary>
    Complete,

    /// <summary>More is to come.</summary>
    Incomplete,

    /// <summary>Nothing that could follow would make it valid.</summary>
    Invalid,

    /// <summary>It cannot be told.</summary>
    Unknown,
}

/// <summary>Whether a piece of code can be run, and how to indent its next line when it is incomplete.</summary>
/// <param name="Status">Whether it can be run.</param>
/// <param name="Indent">The white space to begin the next line with; empty unless the code is incomplete.</param>
public sealed record Completeness(CompletenessStatus Status, string Indent = "");
