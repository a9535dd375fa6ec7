using System.Runtime.InteropServices;

namespace Demos;

/// <summary>Ctrl+C, as two requests: the first asks to finish what is in flight, the second to stop at once.</summary>
internal sealed class Interrupts : IDisposable
{
    private readonly CancellationTokenSource _first = new();
    private readonly CancellationTokenSource _second = new();
    private readonly List<PosixSignalRegistration> _registrations = [];

    /// <summary>Cancelled by the first Ctrl+C.</summary>
    public CancellationToken First => _first.Token;

    /// <summary>Cancelled by the second Ctrl+C.</summary>
    public CancellationToken Second => _second.Token;

    /// <summary>Listens to the process' own signals from here on.</summary>
    public Interrupts Listen()
    {
        foreach (PosixSignal signal in (PosixSignal[])[PosixSignal.SIGINT, PosixSignal.SIGTERM])
        {
            _registrations.Add(PosixSignalRegistration.Create(signal, context =>
            {
                context.Cancel = true; // we end by ourselves
                Raise();
            }));
        }

        return this;
    }

    /// <summary>One more Ctrl+C.</summary>
    public void Raise() => (_first.IsCancellationRequested ? _second : _first).Cancel();

    public void Dispose()
    {
        _registrations.ForEach(registration => registration.Dispose());
        _first.Dispose();
        _second.Dispose();
    }
}
