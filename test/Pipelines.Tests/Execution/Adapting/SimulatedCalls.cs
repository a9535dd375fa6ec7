using Pipelines.Execution;

namespace Pipelines.Tests.Execution.Adapting;

/// <summary>What becomes of calls beyond what a server does at once.</summary>
public enum Beyond
{
    /// <summary>They wait in a queue.</summary>
    Queue,

    /// <summary>All of them get slower, so that as many are done as before.</summary>
    Share,

    /// <summary>All of them get so much slower that less is done.</summary>
    Collapse,

    /// <summary>They are refused at once.</summary>
    Refuse,
}

/// <summary>A server and the pool that calls it, event by event, with no thread and no clock but its own.</summary>
internal sealed class SimulatedCalls(AdaptiveParallelism bounds, Beyond beyond, int seed = 1)
{
    public const long TicksPerSecond = 10_000_000;

    private readonly ParallelismController _controller = new(bounds, TicksPerSecond);
    private readonly PriorityQueue<(long Began, bool Failed, bool Served), (long, int)> _ends = new();
    private readonly Queue<long> _queue = new();
    private readonly Random _random = new(seed);
    private int _order;
    private int _atWork;
    private int _served;

    /// <summary>How many calls are as fast as one.</summary>
    public int Knee { get; set; } = 8;

    /// <summary>What one takes.</summary>
    public long Time { get; set; } = TicksPerSecond / 10;

    /// <summary>By what share that varies.</summary>
    public double Noise { get; init; }

    /// <summary>If not zero, that many are always at work.</summary>
    public int Fixed { get; init; }

    public long Now { get; private set; }

    public int Value => Fixed > 0 ? Fixed : _controller.Current;

    /// <summary>How many calls of the last run were refused.</summary>
    public int Refused { get; private set; }

    /// <summary>The value behind each call of the last run.</summary>
    public List<int> Values { get; } = [];

    public void Run(int calls)
    {
        Values.Clear();
        Refused = 0;
        while (Values.Count < calls)
        {
            while (_atWork < Value)
            {
                Begin();
            }

            End();
            Values.Add(Value);
        }
    }

    private void Begin()
    {
        _atWork++;
        switch (beyond)
        {
            case Beyond.Queue when _served >= Knee:
                _queue.Enqueue(Now);
                break;
            case Beyond.Refuse when _served >= Knee:
                Ends(Now, Time / 50, failed: true, served: false);
                break;
            case Beyond.Queue or Beyond.Refuse:
                _served++;
                Ends(Now, Taken(1), failed: false, served: true);
                break;
            default:
                double slower = Math.Max(1, (double)_atWork / Knee);
                Ends(Now, Taken(beyond == Beyond.Share ? slower : slower * slower), failed: false, served: false);
                break;
        }
    }

    private void End()
    {
        _ends.TryDequeue(out (long Began, bool Failed, bool Served) call, out (long At, int) place);
        Now = place.At;
        Refused += call.Failed ? 1 : 0;
        _controller.Sample(Now, Now - call.Began, 1, call.Failed ? 1 : 0, _atWork);
        _atWork--;
        _served -= call.Served ? 1 : 0;
        while (_served < Knee && _queue.TryDequeue(out long began))
        {
            _served++;
            Ends(began, Now - began + Taken(1), failed: false, served: true);
        }
    }

    private long Taken(double slower) => (long)(Time * slower * (1 + (Noise * ((2 * _random.NextDouble()) - 1))));

    private void Ends(long began, long time, bool failed, bool served) => _ends.Enqueue((began, failed, served), (began + time, _order++));
}
