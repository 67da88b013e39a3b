using System.Collections.Immutable;
using System.Reflection;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Emit;
using Microsoft.CodeAnalysis.Text;

namespace DeepDigits.Jupyter;

/// <summary>Compiles cells one upon the other: each sees what the earlier ones declared.</summary>
/// <remarks>
/// This is what Roslyn's scripting package does with <c>ContinueWith</c>, but on the compiler itself, for three reasons. References go to the
/// first submission only and are inherited: scripting hands all of them to each, and the compiler adds them up, so that a thousand cells hold
/// gigabytes. Assemblies go to a load context of ours, with debug information that names the cell. And a cell that is interrupted
/// before it has run leaves no trace.
/// </remarks>
sealed class SubmissionCompiler
{
    /// <summary>The namespaces that every cell sees, as in other C# notebooks, and the display functions.</summary>
    static readonly string[] defaultUsings =
    [
        "System", "System.Text", "System.Collections", "System.Collections.Generic", "System.Threading.Tasks", "System.Linq",
        "DeepDigits.Jupyter.NotebookFunctions",
    ];

    /// <summary>Debug information that names cells and lines.</summary>
    static readonly EmitOptions emission = new(debugInformationFormat: DebugInformationFormat.PortablePdb);

    readonly SessionLoadContext loadContext;
    readonly SourceReferenceResolver sources;
    readonly List<MetadataReference> newReferences;
    int count;

    internal SubmissionCompiler(SessionLoadContext loadContext, SourceReferenceResolver sources, IEnumerable<MetadataReference> references)
    {
        this.loadContext = loadContext;
        this.sources = sources;
        newReferences = [.. references];
    }

    /// <summary>What has been run so far; null at the beginning.</summary>
    internal CSharpCompilation? Latest { get; private set; }

    /// <summary>Makes assemblies visible to the cells that follow.</summary>
    internal void AddReferences(IEnumerable<MetadataReference> references)
    {
        lock (newReferences)
            newReferences.AddRange(references);
    }

    /// <summary>A compilation of code that could follow what has been run; for asking it, or for emitting it.</summary>
    internal CSharpCompilation Follow(string code, string name, CancellationToken cancellation = default)
    {
        SyntaxTree tree = CSharpSyntaxTree.ParseText(SourceText.From(code, Encoding.UTF8), CellParser.Options, name, cancellation);
        CSharpCompilationOptions options = new(
            OutputKind.DynamicallyLinkedLibrary,
            scriptClassName: $"Submission#{count + 1}",
            usings: defaultUsings,
            // Loops in cells are to be as fast as in a program; line numbers of stack traces stay right.
            optimizationLevel: OptimizationLevel.Release,
            allowUnsafe: true,
            concurrentBuild: false,
            sourceReferenceResolver: sources,
            // Packages built against older assemblies meet newer ones.
            assemblyIdentityComparer: DesktopAssemblyIdentityComparer.Default);
        lock (newReferences)
            return CSharpCompilation.CreateScriptCompilation($"cell-{count + 1}", tree, newReferences, options, Latest);
    }

    /// <summary>Compiles and loads a cell, without making it visible to others.</summary>
    /// <returns>The submission, or null with the errors.</returns>
    internal Submission? Compile(string code, string cellName, out ImmutableArray<Diagnostic> errors, CancellationToken cancellation)
    {
        string woven = WovenChecks.Weave(code, cancellation);
        CSharpCompilation compilation = Follow(woven, cellName, cancellation);
        using MemoryStream assembly = new();
        using MemoryStream symbols = new();
        EmitResult emitted = compilation.Emit(assembly, symbols, options: emission, cancellationToken: cancellation);
        if (!emitted.Success && woven != code)
        {
            // Errors are to show what the user wrote. And should the checks ever be what is wrong, the cell runs without them.
            compilation = Follow(code, cellName, cancellation);
            assembly.SetLength(0);
            symbols.SetLength(0);
            emitted = compilation.Emit(assembly, symbols, options: emission, cancellationToken: cancellation);
        }

        errors = [.. emitted.Diagnostics.Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error)];
        if (!emitted.Success)
            // Without errors there was nothing to emit: `using` lines only, which those that follow are to see.
            return errors.Length > 0 ? null : new Submission(compilation, null, null, cellName, code.Split('\n'));
        assembly.Position = 0;
        symbols.Position = 0;
        count++;
        Assembly loaded = loadContext.LoadSubmission(compilation.AssemblyName!, assembly, symbols);
        return new Submission(compilation, loaded, EntryOf(compilation, loaded), cellName, code.Split('\n'));
    }

    /// <summary>Makes a submission visible to those that follow.</summary>
    internal void Commit(Submission submission)
    {
        lock (newReferences)
        {
            Latest = submission.Compilation;
            newReferences.Clear();
        }
    }

    static Func<object?[], Task<object?>>? EntryOf(CSharpCompilation compilation, Assembly assembly)
    {
        if (compilation.GetEntryPoint(CancellationToken.None) is not { } entry)
            return null;
        MethodInfo? method = assembly.GetType(entry.ContainingType.MetadataName)
            ?.GetMethod(entry.MetadataName, BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic);
        return method?.CreateDelegate<Func<object?[], Task<object?>>>();
    }
}
