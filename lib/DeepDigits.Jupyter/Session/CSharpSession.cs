using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Diagnostics;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace DeepDigits.Jupyter;

/// <summary>Runs C# cells that share their state, as a notebook does.</summary>
/// <remarks>
/// <para>
/// A cell is C# with top-level statements and top-level <c>await</c>; a trailing expression without a semicolon is its value. Directives:
/// <c>#r "nuget: Id, Version"</c>, <c>#r "path"</c>, <c>#load "path"</c>, <c>#i "nuget: source"</c>, and the commands that
/// <c>#!lsmagic</c> lists.
/// </para>
/// <para>
/// What a session survives: every exception of a cell, of its tasks, of its <c>async void</c> methods and of the threads that it starts.
/// What it cannot survive, because the runtime ends the process: a stack overflow, <see cref="Environment.FailFast(string)"/> and a crash in
/// native code. <see cref="Environment.Exit"/> in a cell does what it says: it ends the process, after the output written before it has
/// been handed over.
/// </para>
/// <para>
/// The first session of a process replaces the writers and the reader of <see cref="Console"/>, for code that runs in cells only, and sets
/// the process's handler of unhandled exceptions, for threads that cells start only. Several sessions can live side by side.
/// </para>
/// </remarks>
public sealed class CSharpSession : ICodeSession
{
    static readonly string version = typeof(CSharpSession).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()
        ?.InformationalVersion.Split('+')[0] ?? "";

    const int MostNestedImports = 20;

    readonly string workingDirectory;
    readonly OutputQueue queue = new();
    readonly SemaphoreSlim oneAtATime = new(1);
    readonly SessionLoadContext loadContext = new();
    readonly SessionReferences references;
    readonly ConcurrentDictionary<Assembly, Submission> submissions = [];
    readonly Task<SubmissionCompiler> starting;
    readonly List<(Submission Submission, object? Instance)> executed = [];
    object?[] instances = new object?[16];
    CellRun? running;
    CellRun? previous;
    int cellCount;
    int importing;
    bool disposed;

    /// <summary>Starts a session. The compiler is warmed up in the background, so that the first cell need not wait for all of it.</summary>
    /// <param name="options">What the session needs to know of its surroundings.</param>
    /// <exception cref="DirectoryNotFoundException">The working directory does not exist.</exception>
    public CSharpSession(SessionOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        workingDirectory = Path.GetFullPath(options.WorkingDirectory);
        if (!Directory.Exists(workingDirectory))
            throw new DirectoryNotFoundException($"The notebook's folder '{workingDirectory}' does not exist.");
        references = new SessionReferences(options, workingDirectory, loadContext);
        ConsoleRouter.Install();
        UnhandledExceptions.Install();
        AppDomain.CurrentDomain.ProcessExit += HandOverTheRest;
        starting = Task.Run(Start);
    }

    /// <summary>Runs a cell and returns when its output has been handed over. Cells given at the same time run one after the other.</summary>
    /// <param name="cell">The cell.</param>
    /// <param name="output">Where its output goes.</param>
    /// <param name="cancellation">Interrupts the cell, as <see cref="Interrupt"/> does.</param>
    /// <returns>How it ended; a cell's own errors are never thrown.</returns>
    /// <exception cref="ObjectDisposedException">The session has ended.</exception>
    /// <remarks>What <paramref name="output"/> throws is thrown here, when the cell has ended.</remarks>
    public async Task<CellResult> ExecuteAsync(Cell cell, ICellOutput output, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(cell);
        ArgumentNullException.ThrowIfNull(output);
        await oneAtATime.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            ObjectDisposedException.ThrowIf(disposed, this);
            cellCount++;
            string name = cell.Name ?? $"Cell {cellCount}";
            await Task.Run(() => queue.Redirect(output), CancellationToken.None).ConfigureAwait(false);
            CellRun run = new(this, queue, output);
            previous?.Forget();
            previous = run;
            Volatile.Write(ref running, run);
            CellResult result;
            using (cancellation.UnsafeRegister(state => ((CellRun)state!).Interrupt(), run))
                result = await Task.Run(() => ExecuteParts(cell, name, run), CancellationToken.None).ConfigureAwait(false);
            Volatile.Write(ref running, null);
            await Task.Run(queue.Drain, CancellationToken.None).ConfigureAwait(false);
            if (queue.TakeFailure() is { } failure)
                throw new IOException($"The output of {name} could not be handed over: {failure.Message}", failure);
            return result;
        }
        finally
        {
            Volatile.Write(ref running, null);
            oneAtATime.Release();
        }
    }

    /// <summary>Stops the running cell within two seconds; the state survives. Does nothing when no cell runs.</summary>
    /// <remarks>
    /// Stopped are loops, waits, sleeps, input requests, awaited tasks and package downloads. What a cell has handed to other threads
    /// itself (<c>Task.Run</c>, <c>new Thread</c>) goes on, though nobody waits for it any more; a call of native code that does not return cannot be stopped.
    /// </remarks>
    public void Interrupt() => Volatile.Read(ref running)?.Interrupt();

    /// <summary>What may stand at <paramref name="cursor"/>.</summary>
    /// <param name="code">The cell's code.</param>
    /// <param name="cursor">The position in it, in UTF-16 units.</param>
    /// <param name="cancellation">Ends the search.</param>
    public async Task<Completions> CompleteAsync(string code, int cursor, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(code);
        ArgumentOutOfRangeException.ThrowIfNegative(cursor);
        SubmissionCompiler compiler = await starting.WaitAsync(cancellation).ConfigureAwait(false);
        return await Task.Run(() => Completer.Complete(compiler, code, Math.Min(cursor, code.Length), cancellation), cancellation).ConfigureAwait(false);
    }

    /// <summary>What is known of the name at <paramref name="cursor"/>.</summary>
    /// <param name="code">The cell's code.</param>
    /// <param name="cursor">The position in it, in UTF-16 units.</param>
    /// <param name="detailLevel">0 for the signature and summary, 1 for all documentation.</param>
    /// <param name="cancellation">Ends the search.</param>
    public async Task<Inspection> InspectAsync(string code, int cursor, int detailLevel, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(code);
        ArgumentOutOfRangeException.ThrowIfNegative(cursor);
        SubmissionCompiler compiler = await starting.WaitAsync(cancellation).ConfigureAwait(false);
        return await Task.Run(
            () => Inspector.Inspect(compiler, code, Math.Min(cursor, code.Length), detailLevel, cancellation), cancellation).ConfigureAwait(false);
    }

    /// <summary>Whether the code can be run as it stands.</summary>
    /// <param name="code">The cell's code.</param>
    public Completeness IsComplete(string code)
    {
        ArgumentNullException.ThrowIfNull(code);
        return CompletenessChecker.Check(code);
    }

    /// <summary>Stops the running cell, hands over what is left of the output, and ends the session.</summary>
    public async ValueTask DisposeAsync()
    {
        Interrupt();
        await oneAtATime.WaitAsync().ConfigureAwait(false);
        try
        {
            if (disposed)
                return;
            disposed = true;
            previous?.Forget();
            AppDomain.CurrentDomain.ProcessExit -= HandOverTheRest;
            await Task.Run(queue.Dispose).ConfigureAwait(false);
            // What cells keep in variables may be large: let it go with the session.
            Array.Clear(instances);
            executed.Clear();
        }
        finally
        {
            oneAtATime.Release();
        }
    }

    /// <summary>Writes what a thread or an <c>async void</c> method of a cell threw to the error stream of the cell that runs now, or ran last.</summary>
    internal void ReportUnhandled(CellRun run, Exception exception)
    {
        CellError error = ErrorReport.OfException(exception, SubmissionOf);
        run.Write(OutputStream.Stderr, $"An exception that nothing caught, in the background:\n{string.Join('\n', error.Traceback)}\n");
    }

    /// <summary>Runs before any cell: compiles and runs a small one, which brings the compiler into memory.</summary>
    SubmissionCompiler Start()
    {
        SubmissionCompiler compiler = new(loadContext, new NotebookSourceResolver(workingDirectory), FrameworkReferences.Load());
        Submission? first = compiler.Compile(
            "var warm = new[] { 1 }.Select(x => $\"{x}\").ToList(); Console.Out.Flush();", "start", out _, CancellationToken.None);
        return first is null ? throw new InvalidOperationException("The C# compiler could not compile anything: is the .NET installation whole?") : compiler;
    }

    Submission? SubmissionOf(Assembly assembly) => submissions.GetValueOrDefault(assembly);

    void HandOverTheRest(object? sender, EventArgs e) =>
        // Bounded: a front end that no longer reads must not keep the process.
        Task.Run(queue.Drain).Wait(TimeSpan.FromSeconds(2));

    async Task<CellResult> ExecuteParts(Cell cell, string name, CellRun run)
    {
        Stopwatch watch = Stopwatch.StartNew();
        bool timed = false;
        CellResult result = new(CellStatus.Ok, null, null);
        try
        {
            foreach (CellPart part in CellParser.Parse(cell.Code))
            {
                if (run.IsInterrupted)
                    throw new OperationCanceledException();
                // Only the last value is the cell's; those before a magic command are shown where they arise.
                if (result.Value is { } earlier)
                    run.Display(earlier, null);
                result = part switch
                {
                    CodePart code => await ExecuteCode(code, name, cell.Silent, run).ConfigureAwait(false),
                    MagicPart magic => await ExecuteMagic(magic, run).ConfigureAwait(false),
                    _ => throw new UnreachableException(),
                };
                timed |= part is MagicPart { Name: "time" };
                if (result.Status != CellStatus.Ok)
                    break;
            }
        }
        catch (CellSyntaxException error)
        {
            result = new CellResult(CellStatus.Error, null, ErrorReport.OfDirective(name, error, cell.Code.ReplaceLineEndings("\n").Split('\n')));
        }
        catch (PackageException error)
        {
            result = new CellResult(CellStatus.Error, null, ErrorReport.OfReferences(name, error));
        }
        catch (OperationCanceledException) when (run.IsInterrupted)
        {
            result = new CellResult(CellStatus.Aborted, null, ErrorReport.OfInterrupt(name, stillRunning: false));
        }

        if (timed)
            run.Display(ValueFormatter.OfType("text/plain", FormattableString.Invariant($"Wall time: {watch.Elapsed.TotalMilliseconds:0.###} ms")), null);
        return result;
    }

    /// <summary>Carries out a magic command.</summary>
    async Task<CellResult> ExecuteMagic(MagicPart magic, CellRun run)
    {
        CellResult done = new(CellStatus.Ok, null, null);
        switch (magic.Name)
        {
            case "csharp" or "time":
                return done;
            case "html":
                return Shown("text/html", magic.Content);
            case "markdown":
                return Shown("text/markdown", magic.Content);
            case "javascript":
                return Shown("text/html", $"<script type=\"text/javascript\">{magic.Content}</script>");
            case "mermaid":
                // JupyterLab draws the first; front ends that draw diagrams in Markdown, the second.
                run.Display(
                    new MimeBundle(new Dictionary<string, JsonNode>
                    {
                        ["text/vnd.mermaid"] = JsonValue.Create(magic.Content),
                        ["text/markdown"] = JsonValue.Create($"```mermaid\n{magic.Content}\n```"),
                        ["text/plain"] = JsonValue.Create(magic.Content),
                    }),
                    null);
                return done;
            case "lsmagic":
                return ShownTable(MagicCommands.All.Select(command => new { Command = command.Name, command.Purpose }));
            case "about":
                return Shown("text/plain", $"DeepDigits.Jupyter {version}, C# {CSharpVersion()}, {RuntimeInformation.FrameworkDescription}, "
                    + $"{RuntimeInformation.OSDescription}, {RuntimeInformation.ProcessArchitecture}");
            case "who":
                return Shown("text/plain", string.Join("  ", SessionVariables.Of(executed).Select(variable => variable.Name)));
            case "whos":
                return ShownTable(SessionVariables.Of(executed)
                    .Select(variable => new { variable.Name, variable.Type, Value = PlainText.Short(variable.Value) }));
            case "import":
                string path = Path.GetFullPath(Path.Combine(workingDirectory, magic.Arguments.Trim('"')));
                if (++importing > MostNestedImports)
                    throw new CellSyntaxException($"Line {magic.Line}: '{magic.Arguments}' imports itself.", magic.Line);
                try
                {
                    foreach (Cell cell in ImportedFile.Read(path, magic.Line))
                    {
                        if (done.Value is { } earlier)
                            run.Display(earlier, null);
                        done = await ExecuteParts(cell, cell.Name!, run).ConfigureAwait(false);
                        if (done.Status != CellStatus.Ok)
                            break;
                    }
                }
                finally
                {
                    importing--;
                }

                return done;
            default:
                throw new CellSyntaxException(
                    $"Line {magic.Line}: there is no magic command `#!{magic.Name}` here. `#!lsmagic` lists those that there are; other languages than C# are not among them.",
                    magic.Line);
        }

        CellResult Shown(string mimeType, string content)
        {
            run.Display(ValueFormatter.OfType(mimeType, content), null);
            return done;
        }

        CellResult ShownTable(object rows)
        {
            run.Display(ValueFormatter.Format(rows), null);
            return done;
        }
    }

    static string CSharpVersion() => CellParser.Options.LanguageVersion.ToDisplayString();

    async Task<CellResult> ExecuteCode(CodePart part, string name, bool silent, CellRun run)
    {
        SubmissionCompiler compiler = await starting.ConfigureAwait(false);
        if (part.References.Count > 0)
        {
            await references.ApplyAsync(
                part.References,
                compiler,
                chosen => run.Display(ValueFormatter.OfType("text/plain", chosen), null),
                run.InterruptionToken).ConfigureAwait(false);
        }

        if (string.IsNullOrWhiteSpace(part.Code))
            return new CellResult(CellStatus.Ok, null, null);
        Submission? submission = compiler.Compile(part.Code, name, out ImmutableArray<Diagnostic> errors, run.InterruptionToken);
        if (submission is null)
            return new CellResult(CellStatus.Error, null, ErrorReport.OfCompilation(errors));
        if (submission.Assembly is { } assembly)
            submissions[assembly] = submission;
        if (submission.Entry is not { } entry)
        {
            compiler.Commit(submission);
            return new CellResult(CellStatus.Ok, null, null);
        }

        if (executed.Count + 2 >= instances.Length)
            Array.Resize(ref instances, instances.Length * 2);
        MimeBundle? shown = null;
        Exception? thrown = await run.RunOnOwnThread(() =>
        {
            object? value = entry(instances).GetAwaiter().GetResult();
            if (!silent && value is not DisplayedValue && (value is not null || HasNullValue(submission)))
                shown = ValueFormatter.Format(value);
        }).ConfigureAwait(false);
        object? instance = instances.FirstOrDefault(candidate => candidate?.GetType().Assembly == submission.Assembly);
        // Interrupted before it began: to those that follow it has never been.
        if (thrown is null || instance is not null)
        {
            compiler.Commit(submission);
            executed.Add((submission, instance));
        }

        if (run.IsInterrupted && thrown is not null)
            return new CellResult(CellStatus.Aborted, null, ErrorReport.OfInterrupt(name, run.IsAbandoned));
        return thrown is null
            ? new CellResult(CellStatus.Ok, shown, null)
            : new CellResult(CellStatus.Error, null, ErrorReport.OfException(thrown, SubmissionOf));
    }

    /// <summary>Tells a trailing expression that came to null from a cell without a value.</summary>
    static bool HasNullValue(Submission submission)
    {
        SyntaxTree tree = submission.Compilation.SyntaxTrees[^1];
        if (tree.GetRoot() is not CompilationUnitSyntax { Members: [.., GlobalStatementSyntax { Statement: ExpressionStatementSyntax last }] }
            || !last.SemicolonToken.IsMissing)
            return false;
        ITypeSymbol? type = submission.Compilation.GetSemanticModel(tree).GetTypeInfo(last.Expression).Type;
        return type is null || type.SpecialType != SpecialType.System_Void;
    }
}
