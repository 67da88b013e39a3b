using BenchmarkDotNet.Running;
using DeepDigits.Benchmarks;

const string usage = """
    Measures speed; nothing here passes or fails.

      epoch [--tasks gemm,mlp,squares] [--epochs 5]   seconds per training epoch, its rate of useful arithmetic, and that of matrix products; one JSON object a line
      kernels [BenchmarkDotNet options]                single kernels and a training step, with their allocation (BenchmarkDotNet)
      bits [--epochs 2]                                SHA-256 of all parameters after a short training: the same on every machine
      functions                                        SHA-256 of exp, sigmoid and tanh of all 2^32 floats: the same on every machine

    Run it with:  dotnet run -c Release --project tests/DeepDigits.Benchmarks -- epoch
    """;

switch (args)
{
    case ["epoch", .. var rest]:
        return EpochBenchmark.Run(Option(rest, "--tasks", "gemm,mlp,squares").Split(','), int.Parse(Option(rest, "--epochs", "5")));
    case ["bits", .. var rest]:
        return Bits.Run(int.Parse(Option(rest, "--epochs", "2")));
    case ["functions"]:
        return Bits.RunFunctions();
    case ["kernels", .. var rest]:
        BenchmarkSwitcher.FromAssembly(typeof(EpochBenchmark).Assembly).Run(rest.Length == 0 ? ["--filter", "*"] : rest);
        return 0;
    default:
        Console.Error.WriteLine(usage);
        return args is ["--help" or "-h"] ? 0 : 2;
}

static string Option(string[] arguments, string name, string otherwise) =>
    Array.IndexOf(arguments, name) is var i and >= 0 && i + 1 < arguments.Length ? arguments[i + 1] : otherwise;
