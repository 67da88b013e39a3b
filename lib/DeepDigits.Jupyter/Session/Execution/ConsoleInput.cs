namespace DeepDigits.Jupyter;

/// <summary>The part of a line of input that <see cref="Console.Read"/> has not taken yet.</summary>
sealed class ConsoleInput
{
    string rest = "";

    internal int Peek(CellRun run) => Fill(run) ? rest[0] : -1;

    internal int Read(CellRun run)
    {
        if (!Fill(run))
            return -1;
        char first = rest[0];
        rest = rest[1..];
        return first;
    }

    internal string? ReadLine(CellRun run)
    {
        if (rest.Length == 0)
            return run.ReadLine("", password: false);
        string line = rest.TrimEnd('\n');
        rest = "";
        return line;
    }

    bool Fill(CellRun run)
    {
        if (rest.Length == 0 && run.ReadLine("", password: false) is { } line)
            rest = line + "\n";
        return rest.Length > 0;
    }
}
