using System.Runtime.InteropServices;

namespace Demos;

/// <summary>Ctrl+C, as two requests: the first asks to finish what is in flight, the second to stop at once.</summary>
internal sealed class Interrupts : IDisposable
{
    // Continuations asynchronous: a signal's handler must not run the demo.
    private readonly TaskCompletionSource _first = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _second = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<PosixSignalRegistration> _registrations = [];

    /// <summary>Ends with the first Ctrl+C.</summary>
    public Task First => _first.Task;

    /// <summary>Ends with the second Ctrl+C.</summary>
    public Task Second => _second.Task;

    /// <summary>Listens to the process' own signals from here on.</summary>
    public Interrupts Listen()
    {
        foreach (PosixSignal signal in (PosixSignal[])[PosixSignal.SIGINT, PosixSignal.SIGTERM])
        {
            _registrations.Add(PosixSignalRegistration.Create(signal, context => context.Cancel = Raise()));
        }

        return this;
    }

    /// <summary>One more Ctrl+C.</summary>
    /// <returns>False from the third on: what two did not end, for instance a read that hangs, is left to the system to kill.</returns>
    public bool Raise() => _first.TrySetResult() || _second.TrySetResult();

    public void Dispose() => _registrations.ForEach(registration => registration.Dispose());
}
