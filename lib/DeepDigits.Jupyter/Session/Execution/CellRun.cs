using System.Diagnostics;
using System.Runtime;

namespace DeepDigits.Jupyter;

/// <summary>One run of a cell: knows where its output goes and all threads that run its code, and can stop them.</summary>
/// <remarks>
/// <para>
/// An interrupt comes in three steps. First, compiled cells learn of it at their next call or turn of a loop (<see cref="Interruption"/>), and threads
/// that wait or sleep are woken by <see cref="Thread.Interrupt"/>: what they then throw unwinds like any exception. Second, that is repeated, for
/// code that catches everything or waits again. Third, after <see cref="patience"/>, threads that are still busy (a long computation in
/// a library) are aborted. That is the last resort because it can hit anything: aborted at the wrong instruction, a thread leaves locks behind,
/// and the runtime itself has been seen to fail, about once in a hundred times.
/// </para>
/// <para>
/// The run is also the cell's synchronization context. What follows an <c>await</c> goes to the thread pool, as it would without a context, so that
/// <c>task.Result</c> does not deadlock; but it goes there under this run's control. So an interrupt also ends an asynchronous loop: parts
/// that run are stopped, parts that would follow are dropped. <c>Parallel.For</c> and <c>Task.Factory.StartNew</c> take the scheduler of the code
/// that calls them, which is this run's too; what runs by <c>Task.Run</c> or in new threads ends at its next question.
/// </para>
/// </remarks>
sealed class CellRun : SynchronizationContext
{
    static readonly AsyncLocal<CellRun?> currentRun = new();

    readonly OutputQueue queue;
    readonly ICellOutput output;
    /// <summary>How long an interrupted cell may take before its threads are aborted.</summary>
    static readonly TimeSpan patience = TimeSpan.FromMilliseconds(700);
    /// <summary>How long it may take in all before the session goes on without it.</summary>
    static readonly TimeSpan givenUpAfter = TimeSpan.FromMilliseconds(1700);

    readonly CancellationTokenSource interruptionSource = new();
    readonly CancellationTokenSource lastResort = new();
    /// <summary>Set once an interrupt has stopped the code, or has given it up. What follows goes on at once: a cell may hold every thread of the pool.</summary>
    readonly TaskCompletionSource stopped = new();
    readonly HashSet<Thread> threads = [];
    readonly Scheduler scheduler;
    int interrupts;
    volatile bool abandoned;
    volatile Task? code;

    internal CellRun(CSharpSession session, OutputQueue queue, ICellOutput output)
    {
        Session = session;
        scheduler = new Scheduler(this);
        this.queue = queue;
        this.output = output;
    }

    /// <summary>The run that the calling code belongs to; null outside cells.</summary>
    internal static CellRun? Ambient => currentRun.Value;

    internal CSharpSession Session { get; }

    internal ConsoleInput Input { get; } = new();

    /// <summary>Cancelled when the user interrupts.</summary>
    internal CancellationToken InterruptionToken => interruptionSource.Token;

    /// <summary>Whether its thread did not heed an interrupt: what it still writes is dropped.</summary>
    internal bool IsAbandoned => abandoned;

    internal bool IsInterrupted => Volatile.Read(ref interrupts) != 0;

    internal void Write(OutputStream stream, ReadOnlySpan<char> text)
    {
        if (!abandoned)
            queue.Write(stream, text);
    }

    internal void Write(OutputStream stream, string text)
    {
        if (!abandoned)
            queue.Write(stream, text);
    }

    internal void Display(MimeBundle bundle, string? displayId)
    {
        if (!abandoned)
            queue.Display(bundle, displayId);
    }

    internal void Update(MimeBundle bundle, string displayId)
    {
        if (!abandoned)
            queue.Update(bundle, displayId);
    }

    internal void Clear(bool wait)
    {
        if (!abandoned)
            queue.Clear(wait);
    }

    /// <summary>Asks the front end for a line, on a thread that no interrupt can hit.</summary>
    internal string? ReadLine(string prompt, bool password)
    {
        queue.Drain();
        using (ExecutionContext.SuppressFlow())
            return Task.Run(() => output.ReadLine(prompt, password, InterruptionToken)).GetAwaiter().GetResult();
    }

    /// <summary>Runs user code on a thread of its own and waits for it, or for an interrupt that it does not heed.</summary>
    /// <returns>Null, or what it threw; an <see cref="OperationCanceledException"/> when it was interrupted.</returns>
    internal async Task<Exception?> RunOnOwnThread(Action action)
    {
        TaskCompletionSource<Exception?> ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        code = ended.Task;
        currentRun.Value = this;
        // Deep recursion is common in teaching code, and a secondary thread's usual stack is small on some systems: 16 MB.
        Thread thread = new(() => ended.SetResult(UnderControl(action)), maxStackSize: 16 << 20) { IsBackground = true, Name = "notebook cell" };
        thread.Start();
        currentRun.Value = null;
        return await Task.WhenAny(ended.Task, stopped.Task).ConfigureAwait(false) == ended.Task && !IsInterrupted
            ? await ended.Task.ConfigureAwait(false)
            : new OperationCanceledException();
    }

    /// <summary>Stops everything that runs under this run's control.</summary>
    internal void Interrupt()
    {
        if (Interlocked.Exchange(ref interrupts, 1) != 0)
            return;
        Interruption.Begin();
        // Threads of their own, because the thread pool may be busy with the very code that is to stop, and what cells have registered with the token,
        // which runs here, may take its time.
        new Thread(interruptionSource.Cancel) { IsBackground = true, Name = "notebook interrupt" }.UnsafeStart();
        new Thread(StopThreads) { IsBackground = true, Name = "notebook stop" }.UnsafeStart();
    }

    /// <summary>Called when the next cell begins: the question that cells ask becomes cheap again.</summary>
    internal void Forget()
    {
        if (Interlocked.Exchange(ref interrupts, 2) == 1)
            Interruption.End();
    }

    /// <inheritdoc/>
    public override void Post(SendOrPostCallback callback, object? state) =>
        ThreadPool.QueueUserWorkItem(
            static work =>
            {
                if (work.Run.UnderControl(() => work.Callback(work.State)) is { } thrown && !work.Run.IsInterrupted)
                    work.Run.Session.ReportUnhandled(work.Run, thrown);
            },
            (Run: this, Callback: callback, State: state),
            preferLocal: false);

    /// <inheritdoc/>
    public override SynchronizationContext CreateCopy() => this;

    /// <summary>Runs user code so that an interrupt stops it, and returns what it threw.</summary>
    Exception? UnderControl(Action action)
    {
        Thread thread = Thread.CurrentThread;
        lock (threads)
        {
            if (IsInterrupted)
                return new OperationCanceledException();
            threads.Add(thread);
        }

        SynchronizationContext? before = SynchronizationContext.Current;
        try
        {
            SetSynchronizationContext(this);
            Task task = new(action);
#pragma warning disable SYSLIB0046 // The one way to stop a loop that asks no token; only after all others have failed.
            ControlledExecution.Run(() => task.RunSynchronously(scheduler), lastResort.Token);
#pragma warning restore SYSLIB0046
            return task.Exception?.InnerException;
        }
        catch (Exception thrown)
        {
            return thrown;
        }
        finally
        {
            Release(thread);
            SetSynchronizationContext(before);
        }
    }

    /// <summary>From here on no interrupt reaches the thread: one that is on its way is taken in.</summary>
    void Release(Thread thread)
    {
        while (true)
        {
            try
            {
                lock (threads)
                    threads.Remove(thread);
                if (IsInterrupted)
                    Thread.Sleep(1);
                return;
            }
            catch (ThreadInterruptedException)
            {
                // That was it.
            }
        }
    }

    bool HasUnderControl(Thread thread)
    {
        lock (threads)
            return threads.Contains(thread);
    }

    /// <summary>Wakes the code's threads again and again, aborts them in the end, and gives up on what even then goes on.</summary>
    void StopThreads()
    {
        bool aborting = false;
        Stopwatch sinceInterrupt = Stopwatch.StartNew();
        while (code is { IsCompleted: false })
        {
            if (sinceInterrupt.Elapsed > givenUpAfter)
            {
                // Inside native code, which nothing can stop.
                abandoned = true;
                break;
            }

            InterruptThreads();
            if (sinceInterrupt.Elapsed > patience && !aborting)
            {
                aborting = true;
                // Aborts the threads one after the other, each at its next safe point: not on this thread's time.
                new Thread(lastResort.Cancel) { IsBackground = true, Name = "notebook abort" }.UnsafeStart();
            }

            Thread.Sleep(20);
        }

        stopped.SetResult();
    }

    void InterruptThreads()
    {
        lock (threads)
        {
            foreach (Thread thread in threads)
                thread.Interrupt();
        }
    }

    sealed class Scheduler(CellRun run) : TaskScheduler
    {
        protected override void QueueTask(Task task)
        {
            // Its exceptions belong to the task: whoever waits for it gets them.
            void Execute() => run.UnderControl(() => TryExecuteTask(task));
            if (task.CreationOptions.HasFlag(TaskCreationOptions.LongRunning))
                new Thread(Execute) { IsBackground = true, Name = "notebook task" }.UnsafeStart();
            else
                ThreadPool.UnsafeQueueUserWorkItem(static execute => execute(), Execute, preferLocal: false);
        }

        protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) =>
            run.HasUnderControl(Thread.CurrentThread) && TryExecuteTask(task);

        protected override IEnumerable<Task> GetScheduledTasks() => [];
    }
}
