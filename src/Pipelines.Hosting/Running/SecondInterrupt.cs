using System.Runtime.InteropServices;

namespace Pipelines.Hosting;

/// <summary>Notices the second Ctrl+C. The first is the host's own, and asks to stop; the second says not to wait for what drains.</summary>
/// <remarks>Counted are the signals themselves: a SIGTERM and a Ctrl+C behind it are two. What a signal does besides is left to who else listens.</remarks>
internal sealed class SecondInterrupt : IDisposable
{
    private readonly List<PosixSignalRegistration> _registrations = [];
    private readonly Action _abort;
    private int _signals;

    public SecondInterrupt(Action abort)
    {
        _abort = abort;
        try
        {
            foreach (PosixSignal signal in (PosixSignal[])[PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGQUIT])
            {
                _registrations.Add(PosixSignalRegistration.Create(signal, context => Hear(context.Signal)));
            }
        }
        catch (PlatformNotSupportedException)
        {
            // No signals, no second one.
        }
    }

    /// <summary>A signal has come.</summary>
    public void Hear(PosixSignal signal)
    {
        if (Interlocked.Increment(ref _signals) > 1 && signal != PosixSignal.SIGTERM)
        {
            _abort();
        }
    }

    public void Dispose() => _registrations.ForEach(registration => registration.Dispose());
}
