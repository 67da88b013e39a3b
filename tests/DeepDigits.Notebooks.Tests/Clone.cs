using DeepDigits.Cli;

namespace DeepDigits.Notebooks.Tests;

/// <summary>The clone that the tests are built in.</summary>
static class Clone
{
    public static string Root { get; } = NotebookPackage.FindClone(AppContext.BaseDirectory) ?? throw new InvalidOperationException("The tests must run inside of a clone.");
}
