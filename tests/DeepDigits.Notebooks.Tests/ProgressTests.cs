using System.Reflection;
using DeepDigits.Cli;
using DeepDigits.Jupyter;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace DeepDigits.Notebooks.Tests;

/// <summary>A training in a notebook shows how far it is, in one place, and leaves the same behind at every run.</summary>
public sealed class ProgressTests
{
    const string Train = """
        using DeepDigits;
        var network = new Sequential(new Flatten(), new Dense(10));
        network.Build(inputShape: [28, 28, 1], seed: 1);
        var options = new TrainingOptions { Loss = new SoftmaxCrossEntropy(), Optimizer = new Adam(0.001f), BatchSize = 100, Epochs = 2, Seed = 1 };
        network.Fit(Mnist.Load().Train.Take(1000), options, new Progress("Softmax regression")).Epochs.Count
        """;

    [Fact]
    public async Task OurKernelUpdatesOneOutputAndLeavesNoTimes()
    {
        await NotebookPackage.UpdateAsync(Clone.Root, () => { }, CancellationToken.None);
        string first = await Outputs(), second = await Outputs();
        Assert.Equal(first, second);
        Assert.Contains("<b>Softmax regression</b>", first);
        Assert.Contains("epoch    loss  accuracy", first);
        Assert.DoesNotContain("steps/s", first);
    }

    static async Task<string> Outputs()
    {
        Notebook notebook = Notebook.Create();
        notebook.Cells.Add(NotebookCell.Code("#r \"nuget: DeepDigits, 1.0.0\""));
        notebook.Cells.Add(NotebookCell.Code(Train));
        var options = new NotebookRunOptions { Session = new SessionOptions { WorkingDirectory = Path.Combine(Clone.Root, "notebooks") } };
        NotebookRun run = await NotebookRunner.RunAsync(notebook, options);
        Assert.True(run.Succeeded, run.Failures.FirstOrDefault()?.Error?.Message);
        Assert.Equal(["display_data", "execute_result"], notebook.Cells[1].Outputs.Select(output => (string)output["output_type"]!));
        return string.Join('\n', notebook.Cells[1].Outputs.Select(output => output["data"]!.ToJsonString(new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping })))
            .Replace("\\n", "\n");
    }

    /// <summary>Its assembly is not on every machine, so one with the members that count takes its place.</summary>
    [Fact]
    public void InDotnetInteractiveTheContextOfTheCellIsUsed()
    {
        const string code = """
            using System.Collections.Generic;
            namespace Microsoft.DotNet.Interactive;
            public class KernelInvocationContext { public static KernelInvocationContext Current { get; set; } public List<string> Log { get; } = []; }
            public class DisplayedValue(KernelInvocationContext context) { public void Update(object value) => context.Log.Add($"update {value}"); }
            public static class KernelInvocationContextExtensions
            {
                public static DisplayedValue Display(this KernelInvocationContext context, object value, params string[] mimeTypes)
                {
                    context.Log.Add($"{string.Join(',', mimeTypes)} {value}");
                    return new DisplayedValue(context);
                }
            }
            """;
        string framework = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
        CSharpCompilation compilation = CSharpCompilation.Create("Microsoft.DotNet.Interactive", [CSharpSyntaxTree.ParseText(code)],
            Directory.GetFiles(framework, "System.*.dll").Where(IsManaged).Select(file => MetadataReference.CreateFromFile(file)), new(OutputKind.DynamicallyLinkedLibrary));
        using MemoryStream image = new();
        Assert.Empty(compilation.Emit(image).Diagnostics.Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error));
        Assembly interactive = Assembly.Load(image.ToArray());
        Type contextType = interactive.GetType("Microsoft.DotNet.Interactive.KernelInvocationContext")!;
        object context = Activator.CreateInstance(contextType)!;
        contextType.GetProperty("Current")!.SetValue(null, context);
        try
        {
            var progress = new Progress("MLP");
            progress.Report(new TrainingProgress(1, 1, 1, 2, 0.5, 0.75, null));
            progress.Report(new TrainingProgress(1, 1, 2, 2, 0.5, 0.75, new EpochResult(1, 0.5, 0.75, null, null, 1)));
        }
        finally
        {
            contextType.GetProperty("Current")!.SetValue(null, null);
        }
        var log = (List<string>)contextType.GetProperty("Log")!.GetValue(context)!;
        Assert.Equal(["text/html MLP, epoch 1 of 1", "update MLP\nepoch    loss  accuracy\n    1  0.5000   75.00 %"], log);
    }

    static bool IsManaged(string file)
    {
        try
        {
            return AssemblyName.GetAssemblyName(file) is not null;
        }
        catch (BadImageFormatException)
        {
            return false;
        }
    }
}
