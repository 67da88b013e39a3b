using System.Runtime.InteropServices;
using System.Text;
using DeepDigits.Cli;

// Windows consoles still start with the code page of the country.
if (OperatingSystem.IsWindows())
    Console.OutputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);

// A kernel goes its own way with signals: SIGINT interrupts a cell, however often it comes.
if (args is ["kernel", "run", ..])
    return CommandLine.Run(args, Console.Out, Console.Error);

// The first Ctrl+C (or a polite request to end) stops the work at the next safe place; a second one ends the process at once.
using var stop = new CancellationTokenSource();
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
return CommandLine.Run(args, Console.Out, Console.Error, stop.Token);

void Stop(PosixSignalContext signal)
{
    signal.Cancel = !stop.IsCancellationRequested;
    stop.Cancel();
}
