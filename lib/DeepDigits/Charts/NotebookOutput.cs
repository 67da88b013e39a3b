using System.Reflection;

namespace DeepDigits;

/// <summary>Something shown in a notebook that can be replaced. The front end is found by reflection, so that the library needs none.</summary>
sealed class NotebookOutput
{
    readonly object shown;
    readonly MethodInfo update;

    internal NotebookOutput(object shown) =>
        (this.shown, update) = (shown, shown.GetType().GetMethod("Update", [typeof(object)]) ?? throw new MissingMethodException(shown.GetType().FullName, "Update"));

    /// <summary>Shows a value, if the running code belongs to a cell of a front end that can replace it later.</summary>
    /// <returns>Null if it does not; then nothing was shown.</returns>
    public static NotebookOutput? TryShow(object value)
    {
        foreach (var assembly in AppDomain.CurrentDomain.GetAssemblies())
        {
            try
            {
                var shown = assembly.GetName().Name switch
                {
                    "DeepDigits.Jupyter" => ShowInOurs(assembly, value),
                    "Microsoft.DotNet.Interactive" => ShowInInteractive(assembly, value),
                    _ => null,
                };
                if (shown is not null)
                    return new NotebookOutput(shown);
            }
            catch (Exception error) when (error is MissingMethodException or AmbiguousMatchException or TargetInvocationException or ArgumentException)
            {
                // A version that this one does not know: the training goes on, with lines of text.
            }
        }
        return null;
    }

    /// <summary>Shows a new value in place of the last one.</summary>
    public void Update(object value) => update.Invoke(shown, BindingFlags.DoNotWrapExceptions, null, [value], null);

    static object? ShowInOurs(Assembly assembly, object value)
    {
        var isAvailable = assembly.GetType("DeepDigits.Jupyter.DisplayedValue")?.GetProperty("IsAvailable", BindingFlags.Public | BindingFlags.Static)?.GetValue(null);
        return isAvailable is true
            ? assembly.GetType("System.DisplayExtensions")?.GetMethod("Display", [typeof(object), typeof(string[])])?.Invoke(null, [value, Array.Empty<string>()])
            : null;
    }

    /// <remarks>What its own <c>value.Display()</c> returns never finds the output again, so the context of the running cell is asked.</remarks>
    static object? ShowInInteractive(Assembly assembly, object value)
    {
        var context = assembly.GetType("Microsoft.DotNet.Interactive.KernelInvocationContext");
        return context?.GetProperty("Current", BindingFlags.Public | BindingFlags.Static)?.GetValue(null) is { } current
            ? assembly.GetType("Microsoft.DotNet.Interactive.KernelInvocationContextExtensions")?.GetMethod("Display", [context, typeof(object), typeof(string[])])
                ?.Invoke(null, [current, value, new[] { "text/html" }])
            : null;
    }
}
