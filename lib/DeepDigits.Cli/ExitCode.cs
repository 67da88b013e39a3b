namespace DeepDigits.Cli;

/// <summary>What the process tells the program that started it.</summary>
static class ExitCode
{
    /// <summary>Everything was done.</summary>
    public const int Success = 0;

    /// <summary>Something was wrong with the data, a file or the machine, or a check did not pass.</summary>
    public const int Failure = 1;

    /// <summary>The command was not understood.</summary>
    public const int WrongUsage = 2;

    /// <summary>Stopped by Ctrl+C: 128 + the number of the signal SIGINT, as shells have it.</summary>
    public const int Stopped = 130;
}
