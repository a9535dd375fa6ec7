namespace Pipelines.Processes;

/// <summary>One worker process, as its parent sees it: the process, its output, and the memory that is shared with it.</summary>
/// <remarks>
/// <para><b>Life.</b> Starting: the process exists. Ready: it has said so (<see cref="State"/>). Gone: the system has said so (<see cref="IsGone"/>), which is
/// final: what it wrote until then is in the ring, and nothing will follow. A timer never makes it gone: it only has it killed.</para>
/// <para><c>news</c> is called by whoever hears of something: a NUL byte from the worker, its end. It only rings.</para>
/// </remarks>
internal sealed class ChildProcess : IDisposable
{
    // The end of a dead process's output is waited for, but not that of a grandchild which holds it open.
    private static readonly TimeSpan s_lastWords = TimeSpan.FromMilliseconds(50);

    private readonly Process _process;
    private readonly Segment _segment;
    private readonly ProcessWorkers _options;
    private readonly Stream _control;
    private readonly Stream[] _streams;
    private readonly OutputPump _output;
    private readonly OutputPump _error;
    private readonly TaskCompletionSource<WorkerExit> _gone = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Action _news;
    private volatile WorkerExit? _exit;
    private Exception? _exitError;
    private volatile bool _isDisposed;
    private volatile bool _isKilled;
    private volatile bool _isLeaving;

    private ChildProcess(Process process, Segment segment, ProcessWorkers options, Action news)
    {
        (_process, _segment, _options, _news) = (process, segment, options, news);
        Id = process.Id;
        Marks = segment.Marks;
        _control = process.StandardInput.BaseStream;
        _streams = [_control, process.StandardOutput.BaseStream, process.StandardError.BaseStream];
        _output = new OutputPump(process.StandardOutput.BaseStream, Id, isError: false, options.OnOutput, news);
        _error = new OutputPump(process.StandardError.BaseStream, Id, isError: true, options.OnOutput, ring: null);
    }

    public int Id { get; }

    public Marks Marks { get; }

    public ByteRing Requests => _segment.Requests;

    public ByteRing Answers => _segment.Answers;

    public WorkerState State => _isDisposed ? WorkerState.Leaving : (WorkerState)Volatile.Read(ref Marks.State);

    /// <summary>How it ended; null while it has not.</summary>
    public WorkerExit? Exit => _exit;

    public bool IsGone => _exit is not null;

    /// <summary>Completes when it is gone.</summary>
    public Task<WorkerExit> Gone => _gone.Task;

    /// <summary>What the user's callbacks have thrown.</summary>
    public Exception? CallbackError => _output.Error ?? _error.Error ?? _exitError;

    /// <exception cref="IOException">There is no room for the shared memory.</exception>
    /// <exception cref="System.ComponentModel.Win32Exception">The system does not start it.</exception>
    public static ChildProcess Start(Stage stage, Action news)
    {
        ProcessWorkers options = stage.Options;
        Segment segment = Segment.Create(options.Folder ?? Segment.DefaultFolder);
        Process? process = null;
        try
        {
            if (!segment.Requests.TryWrite(Frame.Job, stage.Job))
            {
                throw new NotSupportedException($"{stage.Name}: what is to be told to a worker process takes more than {segment.Requests.LongestFrame} bytes.");
            }

            segment.Requests.Publish();
            process = new Process { StartInfo = Launch.Command(options, segment.Path, stage.BeginsInMain), EnableRaisingEvents = true };
            var exited = new TaskCompletionSource<int?>();
            process.Exited += (_, _) => exited.TrySetResult(null);
            process.Start();
            var child = new ChildProcess(process, segment, options, news);
            _ = child.WaitAsync(exited.Task);
            if (OperatingSystem.IsLinux())
            {
                DeathWatch.Begin(child.Id, exited);
            }

            return child;
        }
        catch
        {
            process?.Dispose();
            segment.Unlink();
            segment.Dispose();
            throw;
        }
    }

    /// <summary>Wakes it, if it sleeps. Behind what it is to see.</summary>
    public void Wake()
    {
        Interlocked.MemoryBarrier(); // the heads before the look at who sleeps; pairs with the exchange of who falls asleep
        if (Volatile.Read(ref Marks.WorkerSleeps) != 0 && Interlocked.Exchange(ref Marks.WorkerSleeps, 0) != 0)
        {
            Ring();
        }
    }

    /// <summary>Tells it to leave when it has done what it has begun; kills it if it takes too long.</summary>
    /// <param name="isCancelled">Whether its delegate's token is cancelled too.</param>
    public async Task<WorkerExit> LeaveAsync(bool isCancelled)
    {
        if (!IsGone)
        {
            _isLeaving = true;
            Volatile.Write(ref Marks.Orders, Marks.Leave | (isCancelled ? Marks.Cancel : 0));
            Interlocked.Exchange(ref Marks.WorkerSleeps, 0);
            Ring();
            if (isCancelled && !OperatingSystem.IsWindows() && !IsGone)
            {
                Native.AskToEnd(Id);
            }

            try
            {
                await Gone.WaitAsync(_options.GracePeriod, TimeProvider.System);
            }
            catch (TimeoutException)
            {
                Kill();
            }
        }

        return await Gone;
    }

    public void Kill()
    {
        _isKilled = true;
        try
        {
            _process.Kill();
        }
        catch (Exception error) when (error is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            Debug.WriteLine(error); // it has just ended
        }
    }

    /// <summary>How much memory it uses, in bytes; 0 if that is not known.</summary>
    public long Memory
    {
        get
        {
            try
            {
                using var process = Process.GetProcessById(Id);
                return IsGone ? 0 : process.WorkingSet64;
            }
            catch (Exception error) when (error is InvalidOperationException or ArgumentException or System.ComponentModel.Win32Exception)
            {
                return 0;
            }
        }
    }

    /// <summary>Only when it is gone and nobody looks at its rings any more.</summary>
    public void Dispose()
    {
        _isDisposed = true;
        _segment.Dispose();
    }

    private void Ring()
    {
        try
        {
            _control.WriteByte(0);
        }
        catch (Exception error) when (error is IOException or ObjectDisposedException)
        {
            Debug.WriteLine(error); // it is about to be gone
        }
    }

    private async Task WaitAsync(Task<int?> exited)
    {
        int? code = await exited;
        await Task.WhenAny(Task.WhenAll(_output.Completion, _error.Completion), Task.Delay(s_lastWords, TimeProvider.System));
        string said = _error.Tail.ToString();
        var exit = new WorkerExit
        {
            ProcessId = Id,
            Reason = _isKilled ? WorkerExitReason.Killed : _isLeaving ? WorkerExitReason.Left : WorkerExitReason.Crashed,
            ExitCode = code ?? _process.ExitCode,
            OutputTail = said.Length > 0 ? said : _output.Tail.ToString(),
        };
        _segment.Unlink(); // it may have died before it did so itself
        _process.Dispose();
        foreach (Stream stream in _streams)
        {
            stream.Dispose(); // a grandchild may still hold the other end
        }

        try
        {
            _options.OnExit?.Invoke(exit);
        }
        catch (Exception error)
        {
            _exitError = error;
        }

        _exit = exit;
        _gone.SetResult(exit);
        _news();
    }
}
