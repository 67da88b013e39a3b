using System.Runtime.ExceptionServices;

namespace DeepDigits.Jupyter;

/// <summary>Keeps the process alive when a thread that a cell started dies of an exception.</summary>
/// <remarks>
/// The host's own threads are told apart by <see cref="CellRun.Ambient"/>: what they throw ends the process, as it should.
/// A stack overflow and <see cref="Environment.FailFast(string)"/> end it in any case: the runtime allows nothing else.
/// </remarks>
static class UnhandledExceptions
{
    static readonly Lock gate = new();
    static bool installed;

    internal static void Install()
    {
        lock (gate)
        {
            if (installed)
                return;
            installed = true;
            try
            {
                ExceptionHandling.SetUnhandledExceptionHandler(static exception =>
                {
                    if (CellRun.Ambient is not { } run)
                        return false;
                    run.Session.ReportUnhandled(run, exception);
                    return true;
                });
            }
            catch (InvalidOperationException)
            {
                // The host has set a handler of its own, and there can be only one: it decides.
            }
        }
    }
}
