using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace DeepDigits.Cli.Commands;

/// <summary>
/// A kernel must not outlive the front end that started it and crashed. Jupyter names that process in JPY_PARENT_PID: by its number, and
/// on Windows by a handle that the kernel inherits.
/// </summary>
static class ParentProcess
{
    [DllImport("libc", EntryPoint = "getppid")]
    static extern int GetParentId();

    /// <summary>Calls back once, when the parent process has ended. Does nothing if none is named.</summary>
    public static void WhenGone(Action gone)
    {
        string? named = Environment.GetEnvironmentVariable("JPY_PARENT_PID");
        if (!long.TryParse(named, NumberStyles.None, CultureInfo.InvariantCulture, out long parent) || parent <= 1)
        {
            return;
        }
        if (OperatingSystem.IsWindows())
        {
            var watcher = new Thread(() =>
            {
                using var handle = new ManualResetEvent(false) { SafeWaitHandle = new SafeWaitHandle((nint)parent, ownsHandle: false) };
                handle.WaitOne();
                gone();
            })
            { IsBackground = true };
            watcher.Start();
            return;
        }
        if (GetParentId() == parent)
        {
            // An orphan gets another parent at once, while the dead one may still be listed for as long as nobody has collected it.
            var watcher = new Thread(() =>
            {
                while (GetParentId() == parent)
                {
                    Thread.Sleep(1000);
                }
                gone();
            })
            { IsBackground = true };
            watcher.Start();
            return;
        }
        try
        {
            var process = Process.GetProcessById((int)parent);
            process.WaitForExitAsync().ContinueWith(_ => gone(), TaskScheduler.Default);
        }
        catch (ArgumentException)
        {
            // Not to be seen from here, for instance outside of a container: then nothing can be said of it.
        }
    }
}
