using System.Diagnostics.CodeAnalysis;
using Microsoft.Win32.SafeHandles;

namespace Pipelines.Processes;

/// <summary>The worker's side of the wire: the rings, who sleeps, and whether the parent still lives.</summary>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "It ends with the process.")]
internal sealed class ParentLink(Segment segment)
{
    private readonly FileStream _input = new(new SafeFileHandle(0, ownsHandle: false), FileAccess.Read, bufferSize: 0);
    private readonly FileStream _output = new(new SafeFileHandle(1, ownsHandle: false), FileAccess.Write, bufferSize: 0);
    private readonly byte[] _bytes = new byte[64];
    private readonly CancellationTokenSource _cancelled = new();
    private readonly PosixSignalRegistration[] _signals = new PosixSignalRegistration[3]; // kept, or they would end

    public Marks Marks { get; } = segment.Marks;

    public ByteRing Requests => segment.Requests;

    public ByteRing Answers => segment.Answers;

    public Scratch Scratch { get; } = new();

    /// <summary>Cancelled when the run is aborted.</summary>
    public CancellationToken Token => _cancelled.Token;

    /// <summary>Whether it is to leave, between two items.</summary>
    public bool IsToLeave => Volatile.Read(ref Marks.Orders) != 0;

    /// <summary>Sees to it that this process does not outlive its parent, and that a signal to the whole group does not end it before the parent has drained
    /// it.</summary>
    public void Watch()
    {
        Action<PosixSignalContext> signalled = Signalled;
        _signals[0] = PosixSignalRegistration.Create(PosixSignal.SIGINT, signalled);
        _signals[1] = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signalled);
        _signals[2] = PosixSignalRegistration.Create(PosixSignal.SIGHUP, signalled);
        new Thread(WaitForParent, 128 << 10) { IsBackground = true, Name = "parent" }.Start();
    }

    /// <summary>The parent may see what was written. It is told if it sleeps.</summary>
    public void Notify()
    {
        Interlocked.MemoryBarrier(); // the heads before the look at who sleeps; pairs with the exchange of who falls asleep
        if (Volatile.Read(ref Marks.ParentSleeps) != 0 && Interlocked.Exchange(ref Marks.ParentSleeps, 0) != 0)
        {
            Ring();
        }
    }

    /// <summary>Tells the parent in any case.</summary>
    public void Ring()
    {
        try
        {
            _output.WriteByte(0);
        }
        catch (IOException gone)
        {
            Debug.WriteLine(gone); // then so is the parent, which somebody else sees
        }
    }

    /// <summary>Sleeps until there is news. Only behind the look for news that follows <see cref="FallAsleep"/>.</summary>
    public void Sleep()
    {
        if (_input.Read(_bytes) == 0)
        {
            Die();
        }

        Volatile.Write(ref Marks.WorkerSleeps, 0);
    }

    /// <summary>From here on whoever brings news wakes this side. It is to look again before it sleeps.</summary>
    public void FallAsleep() => Interlocked.Exchange(ref Marks.WorkerSleeps, 1);

    public void StayAwake() => Volatile.Write(ref Marks.WorkerSleeps, 0);

    /// <summary>Puts a frame into the ring of answers, in parts if it must be, and waits for room if there is none. False: it is to leave instead.</summary>
    /// <param name="kind">What it is.</param>
    /// <param name="bytes">Its bytes.</param>
    /// <param name="news">Where somebody else sleeps at the control pipe: what that one rings.</param>
    public bool Answer(Frame kind, ReadOnlySpan<byte> bytes, WaitHandle? news = null)
    {
        while (bytes.Length > Answers.LongestFrame)
        {
            if (!Put(Frame.Part, bytes[..Answers.LongestFrame], news))
            {
                return false;
            }

            Notify();
            bytes = bytes[Answers.LongestFrame..];
        }

        return Put(kind, bytes, news);
    }

    /// <summary>Something threw that is not about an item.</summary>
    public void Broken(Exception error)
    {
        Answer(Frame.Broken, WorkerFailure.ToBytes(error, Scratch));
        Ring();
    }

    /// <summary>Room in the ring of answers for so many bytes at least, when there is. Empty: it is to leave instead.</summary>
    public Span<byte> Reserve(int atLeast, WaitHandle? news = null)
    {
        Span<byte> room;
        while ((room = Answers.Reserve(atLeast)).IsEmpty)
        {
            Answers.Publish();
            Notify();
            FallAsleep();
            if (!(room = Answers.Reserve(atLeast)).IsEmpty)
            {
                StayAwake();
                break;
            }

            if ((Volatile.Read(ref Marks.Orders) & Marks.Cancel) != 0)
            {
                return [];
            }

            if (news is null)
            {
                Sleep();
            }
            else
            {
                news.WaitOne();
            }
        }

        return room;
    }

    private bool Put(Frame kind, ReadOnlySpan<byte> bytes, WaitHandle? news)
    {
        Span<byte> room = Reserve(Math.Max(1, bytes.Length), news);
        if (room.IsEmpty)
        {
            return false;
        }

        bytes.CopyTo(room);
        Answers.Commit(kind, bytes.Length);
        Answers.Publish();
        return true;
    }

    // One who is told so by the parent has an order to read. What comes to the whole group is the parent's to answer.
    private void Signalled(PosixSignalContext context)
    {
        context.Cancel = true;
        if ((Volatile.Read(ref Marks.Orders) & Marks.Cancel) != 0)
        {
            _cancelled.Cancel();
        }
    }

    private static void WaitForParent()
    {
        if (OperatingSystem.IsWindows())
        {
            return; // there the pipe breaks for who reads it, and the job object ends the others
        }

        Native.WaitForHangup(0);
        Die();
    }

    // Nobody is left who could be told anything, and code of the user's may be in the middle of something: no handlers, no finalizers.
    private static void Die()
    {
        using var self = Process.GetCurrentProcess();
        self.Kill();
    }
}
