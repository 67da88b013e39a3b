using System.Diagnostics;
using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace DeepDigits.Jupyter;

/// <summary>Says what went wrong in a cell in terms of the cell: its name, its lines, its own calls.</summary>
static class ErrorReport
{
    /// <summary>More compile errors than these help nobody: they mostly follow from the first.</summary>
    const int MostErrors = 20;

    /// <summary>As many calls of a stack are shown.</summary>
    const int MostFrames = 20;

    const string Red = "\u001b[31m";
    const string Bold = "\u001b[1m";
    const string Reset = "\u001b[0m";

    /// <summary>The report of compile errors: place, message, the line, and the part that is meant underlined.</summary>
    internal static CellError OfCompilation(IReadOnlyList<Diagnostic> errors)
    {
        List<string> traceback = [];
        foreach (Diagnostic error in errors.Take(MostErrors))
        {
            FileLinePositionSpan place = error.Location.GetLineSpan();
            string where = place.IsValid ? $"{place.Path}, line {place.StartLinePosition.Line + 1}, column {place.StartLinePosition.Character + 1}: " : "";
            traceback.Add($"{where}{Red}error {error.Id}{Reset}: {error.GetMessage(System.Globalization.CultureInfo.InvariantCulture)}");
            if (error.Location.SourceTree is { } tree)
                traceback.AddRange(Underlined(tree.GetText(), error.Location.SourceSpan));
        }

        if (errors.Count > MostErrors)
            traceback.Add($"... and {errors.Count - MostErrors} more errors");
        Diagnostic first = errors[0];
        FileLinePositionSpan span = first.Location.GetLineSpan();
        return new CellError(
            "CompilationError",
            $"{first.Id}: {first.GetMessage(System.Globalization.CultureInfo.InvariantCulture)}",
            traceback,
            span.IsValid ? span.StartLinePosition.Line + 1 : null,
            span.IsValid ? span.StartLinePosition.Character + 1 : null);
    }

    /// <summary>The report of an error in a directive or a magic command.</summary>
    internal static CellError OfDirective(string cellName, CellSyntaxException error, string[] lines)
    {
        List<string> traceback = [$"{cellName}, {Red}{error.Message}{Reset}"];
        if (error.Line >= 1 && error.Line <= lines.Length)
            traceback.Add($"{error.Line,5} | {lines[error.Line - 1]}");
        return new CellError("DirectiveError", error.Message, traceback, error.Line, 1);
    }

    /// <summary>The report of a package or an assembly that could not be had.</summary>
    internal static CellError OfReferences(string cellName, PackageException error)
    {
        string[] lines = error.Message.Split('\n');
        return new CellError("ReferenceError", lines[0], [$"{cellName}: {Red}{lines[0]}{Reset}", .. lines.Skip(1)], null, null);
    }

    /// <summary>The report of an interrupt.</summary>
    internal static CellError OfInterrupt(string cellName, bool stillRunning) =>
        stillRunning
            ? new("Interrupted", $"{cellName} was interrupted, but is inside code that cannot be stopped. It goes on unseen; "
                + "restart the kernel if it must end.", [$"{Red}{cellName} was interrupted{Reset}, but is inside code that cannot be stopped. "
                + "It goes on unseen; restart the kernel if it must end."], null, null)
            : new("Interrupted", $"{cellName} was interrupted.", [$"{Red}{cellName} was interrupted.{Reset}"], null, null);

    /// <summary>The report of an exception: its message and the calls that lie in cells.</summary>
    /// <param name="exception">What was thrown.</param>
    /// <param name="submissionOf">The submission that an assembly was compiled from, or null for any other assembly.</param>
    internal static CellError OfException(Exception exception, Func<Assembly, Submission?> submissionOf)
    {
        // What only wraps the real one says nothing to the reader.
        while (exception is TargetInvocationException or AggregateException { InnerExceptions.Count: 1 } or TypeInitializationException
            && exception.InnerException is { } inner)
            exception = inner;
        List<string> traceback = [];
        (int Line, string Cell)? place = null;
        int depth = 0;
        for (Exception? current = exception; current is not null && depth < 10; current = current.InnerException, depth++)
        {
            string kind = current.GetType().FullName ?? current.GetType().Name;
            traceback.AddRange($"{(depth > 0 ? "caused by " : "")}{Red}{Bold}{kind}{Reset}: {MessageOf(current)}".Split('\n'));
            int frames = 0;
            foreach ((string call, int line, Submission submission, string file) in CellFrames(current, submissionOf))
            {
                // The innermost calls tell what happened; a recursion has thousands.
                if (++frames > MostFrames)
                    continue;
                traceback.Add($"   at {call}{file}, line {line}");
                if (frames > 1)
                    continue;
                place ??= (line, submission.CellName);
                if (file == submission.CellName && line >= 1 && line <= submission.Lines.Length)
                    traceback.Add($"{line,5} | {submission.Lines[line - 1]}");
            }

            if (frames > MostFrames)
                traceback.Add($"   ... and {frames - MostFrames} more calls");
        }

        if (exception is AggregateException { InnerExceptions.Count: > 1 } several)
        {
            foreach (Exception one in several.InnerExceptions.Skip(1).Take(9))
                traceback.Add($"and {Red}{one.GetType().FullName}{Reset}: {MessageOf(one)}");
        }

        return new CellError(exception.GetType().FullName ?? exception.GetType().Name, MessageOf(exception), traceback, place?.Line, null);
    }

    /// <summary>A source line with marks under a part of it.</summary>
    static IEnumerable<string> Underlined(SourceText text, TextSpan span)
    {
        TextLine line = text.Lines.GetLineFromPosition(span.Start);
        string source = line.ToString();
        string number = $"{line.LineNumber + 1,5} | ";
        int column = span.Start - line.Start;
        int length = Math.Max(1, Math.Min(span.Length, source.Length - column));
        // Tabs stay tabs, so that the marks stand below what they mark however wide a tab is.
        string before = new([.. source.Take(column).Select(character => character == '\t' ? '\t' : ' ')]);
        yield return number + source;
        yield return $"{new string(' ', number.Length - 2)}| {before}{Red}{new string('^', length)}{Reset}";
    }

    static string MessageOf(Exception exception)
    {
        try
        {
            return exception.Message;
        }
        catch (Exception thrown)
        {
            return $"(its message could not be read: {thrown.GetType().Name})";
        }
    }

    static IEnumerable<(string Call, int Line, Submission Submission, string File)> CellFrames(
        Exception exception, Func<Assembly, Submission?> submissionOf)
    {
        foreach (StackFrame frame in new StackTrace(exception, fNeedFileInfo: true).GetFrames())
        {
            if (frame.GetMethod() is not { } method || submissionOf(method.Module.Assembly) is not { } submission || frame.GetFileLineNumber() == 0)
                continue;
            // The compiler takes the cell's name for a file in the notebook's folder. Outputs must not tell where that is.
            string file = frame.GetFileName() is { } path && Path.GetFileName(path) != submission.CellName ? path : submission.CellName;
            yield return (CallOf(method), frame.GetFileLineNumber(), submission, file);
        }
    }

    /// <summary>A method as its author wrote it; empty for the code of the cell itself.</summary>
    static string CallOf(MethodBase method)
    {
        string name = method.Name;
        Type? type = method.DeclaringType;
        bool parametersKnown = true;
        // Iterators and asynchronous methods run in a class of their own that carries the method's name.
        if (name == "MoveNext" && type is { Name: ['<', ..] } machine)
        {
            name = Between(machine.Name);
            type = machine.DeclaringType;
            parametersKnown = false;
        }

        if (name.StartsWith('<') && name.Contains(">b__", StringComparison.Ordinal))
            return "a lambda in ";
        if (name.StartsWith('<') && name.Contains(">g__", StringComparison.Ordinal))
            name = name[(name.IndexOf(">g__", StringComparison.Ordinal) + 4)..name.LastIndexOf('|')];
        if (name is "<Initialize>" or "Initialize" or "<Factory>")
            return "";
        while (type is { Name: ['<', ..], DeclaringType: { } outer })
            type = outer;
        string owner = type is null || type.Name.StartsWith("Submission#", StringComparison.Ordinal) ? "" : type.Name.Split('`')[0] + ".";
        if (name == ".ctor")
            return $"new {owner.TrimEnd('.')}() in ";
        string parameters = parametersKnown ? string.Join(", ", method.GetParameters().Select(parameter => parameter.ParameterType.Name)) : "";
        return $"{owner}{name}({parameters}) in ";
    }

    static string Between(string name)
    {
        int end = name.LastIndexOf('>');
        return end > 1 ? name[1..end] : name;
    }
}
