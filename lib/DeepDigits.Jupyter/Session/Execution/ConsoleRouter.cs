using System.Reflection;
using System.Text;

namespace DeepDigits.Jupyter;

/// <summary>Gives each cell its own <see cref="Console"/>, although a process has only one.</summary>
/// <remarks>
/// The console's writers and reader are replaced once. Whoever writes is known by <see cref="CellRun.Ambient"/>, which flows with the
/// execution context into tasks, threads and timers; whoever has none (the host itself) reaches the real console as before.
/// </remarks>
static class ConsoleRouter
{
    static readonly Lock gate = new();
    static bool installed;

    internal static void Install()
    {
        lock (gate)
        {
            if (installed)
                return;
            Writer output = new(OutputStream.Stdout, Console.Out);
            Writer error = new(OutputStream.Stderr, Console.Error);
            Reader input = new(Console.In);
            Console.SetOut(output);
            Console.SetError(error);
            Console.SetIn(input);
            Unwrap("s_out", output);
            Unwrap("s_error", error);
            Unwrap("s_in", input);
            installed = true;
        }
    }

    /// <summary>Takes off the wrapper that <see cref="Console"/> puts around every writer and reader.</summary>
    /// <remarks>
    /// The wrapper's methods lock, and a thread that is aborted as it enters one of them leaves the lock behind: after some interrupts of
    /// <c>while (true) Console.Write("x");</c> nothing in the process could write any more. Ours need no lock. There is no public way around the
    /// wrapper; if a future framework has no such field, the wrapper stays, and with it that small risk.
    /// </remarks>
    static void Unwrap(string field, object unwrapped) =>
        typeof(Console).GetField(field, BindingFlags.Static | BindingFlags.NonPublic)?.SetValue(null, unwrapped);

    sealed class Writer(OutputStream stream, TextWriter original) : TextWriter
    {
        public override Encoding Encoding => Encoding.UTF8;

        public override void Write(char value)
        {
            if (CellRun.Ambient is { } run)
                run.Write(stream, [value]);
            else
                original.Write(value);
        }

        public override void Write(char[] buffer, int index, int count) => Write(buffer.AsSpan(index, count));

        public override void Write(ReadOnlySpan<char> buffer)
        {
            if (CellRun.Ambient is { } run)
                run.Write(stream, buffer);
            else
                original.Write(buffer);
        }

        public override void Write(string? value)
        {
            if (CellRun.Ambient is { } run)
                run.Write(stream, value ?? "");
            else
                original.Write(value);
        }

        // One piece for the line and its end, so that lines of two threads do not run into each other.
        public override void WriteLine(string? value)
        {
            if (CellRun.Ambient is { } run)
                run.Write(stream, value + "\n");
            else
                original.WriteLine(value);
        }

        public override void WriteLine(ReadOnlySpan<char> buffer) => WriteLine(buffer.ToString());

        public override void WriteLine()
        {
            if (CellRun.Ambient is { } run)
                run.Write(stream, "\n");
            else
                original.WriteLine();
        }

        public override string NewLine
        {
            get => CellRun.Ambient is null ? original.NewLine : "\n";
#pragma warning disable CS8765 // The framework's own setter takes null.
            set => original.NewLine = value;
#pragma warning restore CS8765
        }

        public override void Flush()
        {
            if (CellRun.Ambient is null)
                original.Flush();
        }
    }

    /// <summary>Reads whole lines from the front end; <see cref="Console.Read"/> takes characters from the line read last.</summary>
    sealed class Reader(TextReader original) : TextReader
    {
        public override int Peek() => CellRun.Ambient is { } run ? run.Input.Peek(run) : original.Peek();

        public override int Read() => CellRun.Ambient is { } run ? run.Input.Read(run) : original.Read();

        public override int Read(char[] buffer, int index, int count)
        {
            if (CellRun.Ambient is not { } run)
                return original.Read(buffer, index, count);
            int read = 0;
            while (read < count && run.Input.Read(run) is var character and >= 0)
            {
                buffer[index + read++] = (char)character;
                if (character == '\n')
                    break;
            }

            return read;
        }

        public override string? ReadLine() => CellRun.Ambient is { } run ? run.Input.ReadLine(run) : original.ReadLine();

        public override string ReadToEnd()
        {
            if (CellRun.Ambient is null)
                return original.ReadToEnd();
            StringBuilder all = new();
            while (ReadLine() is { } line)
                all.Append(line).Append('\n');
            return all.ToString();
        }
    }
}
