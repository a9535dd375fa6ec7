namespace Pipelines.Tests.Blocks.Outlets;

/// <summary>One run that ends badly, at an item of its source or at one that was read.</summary>
internal sealed class OutletTrial : IDisposable
{
    private const int FailsAt = 20;
    private const int EndsAt = 5;

    private readonly CancellationTokenSource _cancellation = new();
    private readonly OutletEnd _end;
    private readonly Lock _gate = new();
    private int _seen;
    private int _read;
    private Action? _abort;

    public OutletTrial(OutletEnd end) => _end = end;

    public InvalidDataException Error { get; } = new();

    public PipelineOptions Options { get; } = new() { Capacity = 4 };

    public CancellationToken Token => _cancellation.Token;

    /// <summary>Endless numbers.</summary>
    public static Pipeline<int> Source() => Pipeline.From(Numbers());

    /// <summary>The block in front of the last one.</summary>
    public Pipeline<int> Before(Pipeline<int> source) => source.Select(x => _end == OutletEnd.FailureUpstream && x == FailsAt ? throw Error : x);

    /// <summary>Called by the last block's delegate, if it has one.</summary>
    public void InLastBlock(int item)
    {
        lock (_gate)
        {
            if (_end != OutletEnd.FailureInLastBlock || ++_seen != FailsAt)
            {
                return;
            }
        }

        throw Error;
    }

    /// <summary>What an abort does, as soon as there is a run.</summary>
    public void Started(Action abort)
    {
        lock (_gate)
        {
            _abort = abort;
        }
    }

    /// <summary>An item has been read.</summary>
    public void Read()
    {
        Action? abort;
        lock (_gate)
        {
            if (++_read != EndsAt)
            {
                return;
            }

            abort = _abort;
        }

        switch (_end)
        {
            case OutletEnd.Cancelled:
                _cancellation.Cancel();
                break;
            case OutletEnd.Aborted:
                abort!();
                break;
        }
    }

    public void Dispose() => _cancellation.Dispose();

    private static IEnumerable<int> Numbers()
    {
        for (int i = 0; ; i = (i + 1) & 0xFFFF)
        {
            yield return i;
        }
    }
}

/// <summary>How a run ends otherwise than well.</summary>
public enum OutletEnd
{
    FailureUpstream,
    FailureInLastBlock,
    Cancelled,
    Aborted,
}
