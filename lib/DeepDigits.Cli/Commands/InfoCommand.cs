using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace DeepDigits.Cli.Commands;

/// <summary>`info`: what machine this is, and how fast it multiplies matrices.</summary>
static class InfoCommand
{
    const int MatrixSize = 1024;

    public static Command Create()
    {
        Option<bool> noMeasurement = new("--no-measurement") { Description = "Do not measure the speed, which takes half a second." };
        var threads = CommonOptions.Threads();
        var json = CommonOptions.Json();
        var command = new ExplainedCommand("info", "Show what this machine offers, and how fast it computes. Good to have in a bug report.",
            ("info", "As a table"), ("info --threads 1 --json", "The speed of one thread, for a program"))
        {
            noMeasurement, threads, json,
        };
        command.SetAction(parsed =>
        {
            using var limit = CommonOptions.Limit(parsed.GetValue(threads));
            var terminal = new Terminal(parsed, parsed.GetValue(json));
            double? rate = parsed.GetValue(noMeasurement) ? null : Math.Round(MultiplicationRate(), 1);
            var information = new
            {
                DeepDigits = CommandLine.Version,
                DotNet = RuntimeInformation.FrameworkDescription,
                OperatingSystem = RuntimeInformation.OSDescription,
                Architecture = $"{RuntimeInformation.ProcessArchitecture}".ToLowerInvariant(),
                Processor = Processor(),
                LogicalProcessors = Environment.ProcessorCount,
                MemoryGigabytes = Math.Round(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 1e9, 1),
                VectorBits = VectorBits(),
                FusedMultiplyAdd = Fma.IsSupported || AdvSimd.IsSupported,
                Threads = Workers.Count,
                MatrixMultiplicationGflops = rate,
                Data = DataFolder(),
                Results = ResultsFolder.Default,
            };
            if (parsed.GetValue(json))
            {
                Json.Write(terminal.Output, information);
                return;
            }
            (string Name, string Value)[] rows =
            [
                ("DeepDigits", information.DeepDigits),
                (".NET", information.DotNet),
                ("operating system", $"{information.OperatingSystem}, {information.Architecture}"),
                ("processor", $"{information.Processor}, {Numbers.Count(information.LogicalProcessors, "logical processor")}"),
                ("memory", string.Create(CultureInfo.InvariantCulture, $"{information.MemoryGigabytes} GB")),
                ("vectors", $"{information.VectorBits} bits, {(information.FusedMultiplyAdd ? "with" : "without")} fused multiply-add"),
                ("threads", $"{information.Threads} ({Workers.EnvironmentVariable} or --threads changes it)"),
                ("matrix multiplication", rate is { } speed
                    ? string.Create(CultureInfo.InvariantCulture, $"{speed} GFLOPS ({MatrixSize} x {MatrixSize}, float32)")
                    : "not measured"),
                ("data", information.Data ?? "not found: deepdigits data download"),
                ("results", information.Results),
            ];
            var width = rows.Max(row => row.Name.Length);
            foreach (var (name, value) in rows)
                terminal.Line($"{name.PadRight(width)}  {value}");
        });
        return command;
    }

    static int VectorBits() =>
        Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : Vector128.IsHardwareAccelerated ? 128 : 0;

    static string? DataFolder()
    {
        try
        {
            return Mnist.Folder;
        }
        catch (DataMissingException)
        {
            return null;
        }
    }

    /// <summary>Billions of additions and multiplications in a second, the best of some multiplications.</summary>
    static double MultiplicationRate()
    {
        var (a, b, c) = (new Tensor(MatrixSize, MatrixSize), new Tensor(MatrixSize, MatrixSize), new Tensor(MatrixSize, MatrixSize));
        a.Values.Fill(0.5f);
        b.Values.Fill(0.25f);
        var (best, start) = (TimeSpan.MaxValue, Stopwatch.GetTimestamp());
        while (Stopwatch.GetElapsedTime(start).TotalSeconds < 0.5)
        {
            var before = Stopwatch.GetTimestamp();
            Gemm.Multiply(a, b, c);
            var time = Stopwatch.GetElapsedTime(before);
            best = time < best ? time : best;
        }
        return 2.0 * MatrixSize * MatrixSize * MatrixSize / best.TotalSeconds / 1e9;
    }

    /// <summary>What the processor calls itself, as far as the operating system tells.</summary>
    static string Processor()
    {
        const string unknown = "unknown processor";
        try
        {
            if (OperatingSystem.IsLinux())
            {
                var line = File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal));
                return line is null ? unknown : line[(line.IndexOf(':') + 1)..].Trim();
            }
            if (OperatingSystem.IsMacOS())
            {
                var question = new ProcessStartInfo("/usr/sbin/sysctl", ["-n", "machdep.cpu.brand_string"]) { RedirectStandardOutput = true };
                using var process = Process.Start(question);
                return process?.StandardOutput.ReadToEnd().Trim() is { Length: > 0 } name ? name : unknown;
            }
            return Environment.GetEnvironmentVariable("PROCESSOR_IDENTIFIER") ?? unknown;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or System.ComponentModel.Win32Exception)
        {
            return unknown;
        }
    }
}
