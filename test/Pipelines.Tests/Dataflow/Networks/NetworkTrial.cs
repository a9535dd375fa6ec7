using System.Globalization;
using System.Threading.Tasks.Dataflow;
using Pipelines.Tests.Channels;

namespace Pipelines.Tests.Dataflow.Networks;

/// <summary>A row of blocks, ours and in-box ones in turns, with random capacities and a random end; and what must be so afterwards.</summary>
/// <remarks>A failure does not go upstream in a network of blocks. As its owner has to, the trial cancels all blocks when one of them has failed.</remarks>
internal sealed class NetworkTrial : IDisposable
{
    private static readonly DataflowLinkOptions s_propagate = new() { PropagateCompletion = true };

    private readonly CancellationTokenSource _cancellation = new();
    private readonly CountingScheduler _scheduler = new();
    private readonly InvalidDataException _thrown = new();
    private readonly NetworkBlock[] _blocks = new NetworkBlock[3];
    private readonly Tap _exit;
    private readonly ActionBlock<int> _last;
    private readonly List<int> _arrived = [];
    private readonly int _count;
    private readonly NetworkBlock? _losing;
    private readonly string _context;

    /// <param name="seed">Chooses everything but the threads' order.</param>
    /// <param name="endsAreOurs">Ours, in-box, ours; or the other way round.</param>
    public NetworkTrial(int seed, bool endsAreOurs)
    {
        var random = new Random(seed);
        string end = random.Next(5) switch { 0 => "throw", 1 => "cancel", 2 => "fault", _ => "complete" };
        int endBlock = random.Next(3);
        _count = random.Next(1, 600);
        int endItem = random.Next(_count);
        int[] capacities = [.. Enumerable.Range(0, 4).Select(_ => random.Next(3) == 0 ? 1 : random.Next(1, 65))];
        _context = string.Create(
            CultureInfo.InvariantCulture,
            $"seed {seed}: {(endsAreOurs ? "ours outside" : "ours inside")}, {_count} items, capacities {string.Join(' ', capacities)}, {end} in block " +
            $"{endBlock} at {endItem}");

        for (int i = 0; i < 3; i++)
        {
            int place = i;
            _blocks[i] = new NetworkBlock((i % 2 == 0) == endsAreOurs, capacities[i], random, x => Pass(place, x), _scheduler, _cancellation.Token);
        }

        // An in-box block that is faulted while it completes throws away what is inside and completes all the same.
        _losing = end == "fault" && !_blocks[endBlock].IsOurs ? _blocks[endBlock] : null;
        _last = new ActionBlock<int>(
            Arrive, new ExecutionDataflowBlockOptions { BoundedCapacity = capacities[3], MaxDegreeOfParallelism = 2, TaskScheduler = _scheduler });
        _exit = new Tap(_last);
        _blocks[0].Block.LinkTo(_blocks[1].Entry, s_propagate);
        _blocks[1].Block.LinkTo(_blocks[2].Entry, s_propagate);
        _blocks[2].Block.LinkTo(_exit, s_propagate);

        int Pass(int place, int item)
        {
            if (place == endBlock && item == endItem)
            {
                switch (end)
                {
                    case "throw":
                        throw _thrown;
                    case "cancel":
                        _cancellation.Cancel();
                        break;
                    case "fault":
                        _blocks[place].Block.Fault(_thrown);
                        break;
                }
            }

            return item;
        }
    }

    private Tap[] Taps => [.. _blocks.Select(block => block.Entry), _exit];

    public async Task RunAsync()
    {
        try
        {
            Task[] ends = [.. _blocks.Select(block => EndAsync(block.Block)), EndAsync(_last)];
            await FeedAsync().InTime();
            await Task.WhenAll(ends).InTime();
        }
        catch (TimeoutException)
        {
            Assert.Fail(
                $"It hangs. {_context}; {string.Join(", ", _blocks.Select(block => $"{(block.IsOurs ? "ours" : "in-box")} {block.Block.Completion.Status}"))}, "
                + $"last {_last.Completion.Status}; crossed {string.Join(' ', Taps.Select(tap => tap.Crossed.Length))}");
        }

        // Before the look at what has arrived: whoever adds to it has ended by then.
        Assert.True(SpinWait.SpinUntil(() => _scheduler.Unfinished == 0, InTimeExtensions.Limit), $"Something still executes. {_context}");
        AssertConserved();
    }

    public void Dispose() => _cancellation.Dispose();

    private async Task FeedAsync()
    {
        for (int i = 0; i < _count; i++)
        {
            if (!await _blocks[0].Entry.SendAsync(i))
            {
                return;
            }
        }

        _blocks[0].Block.Complete();
    }

    // However it ends.
    private async Task EndAsync(IDataflowBlock block)
    {
        try
        {
            await block.Completion;
        }
        catch (Exception)
        {
            await _cancellation.CancelAsync();

            // An in-box block that was completed before it is cancelled never ends while it has output that nobody takes.
            foreach (NetworkBlock inBox in _blocks.Where(candidate => !candidate.IsOurs))
            {
                inBox.Block.LinkTo(DataflowBlock.NullTarget<int>());
            }
        }
    }

    private void AssertConserved()
    {
        Tap[] taps = Taps;
        for (int i = 0; i < 3; i++)
        {
            int[] crossed = taps[i].Crossed;
            int[] left = taps[i + 1].Crossed;
            Assert.True(
                crossed.Zip(crossed.Skip(1)).All(pair => pair.First < pair.Second), $"Doubled in front of block {i}. {_context}; {string.Join(' ', crossed)}");
            if (_blocks[i].IsOurs)
            {
                int[] accounted = [.. left.Concat(_blocks[i].HandedBack).Order()];
                int[] missing = [.. crossed.Except(accounted)];
                bool holds = accounted.Distinct().Count() == accounted.Length && accounted.Length + missing.Length == crossed.Length
                    && missing.Length <= (Failure(i) == _thrown ? 1 : 0);
                // An in-box one may leave out the failed item.
                Assert.True(crossed.Take(left.Length).SequenceEqual(left), $"What came out of block {i} is no prefix of what went in. {_context}");
                Assert.True(holds, $"Block {i} does not conserve. {_context}; in {crossed.Length}, out {left.Length}, back {_blocks[i].HandedBack.Length}, " +
                    $"missing {string.Join(' ', missing)}");
            }
            else if (_blocks[i] != _losing)
            {
                Assert.True(
                    !_blocks[i].Block.Completion.IsCompletedSuccessfully || left.Length == crossed.Length, $"The in-box block {i} lost something. {_context}");
            }
        }

        // Two workers take them in order, and come to note them in any. While a fault throws away what waits, a worker may still take one from behind a gap;
        // but one that was sent, and once.
        int[] arrived = [.. _arrived.Order()];
        int[] sent = _exit.Crossed;
        Assert.True(
            _last.Completion.IsFaulted ? arrived.Distinct().Count() == arrived.Length
                && !arrived.Except(sent).Any() : sent.Take(arrived.Length).SequenceEqual(arrived),
            $"The end has got something else than what was sent to it. {_context}; sent {string.Join(' ', _exit.Crossed.TakeLast(8))} " +
            $"({_exit.Crossed.Length}), got {string.Join(' ', arrived.TakeLast(8))} ({arrived.Length})");
        if (_losing is null && _blocks.All(block => block.Block.Completion.IsCompletedSuccessfully) && _last.Completion.IsCompletedSuccessfully)
        {
            Assert.True(arrived.Length == _count, $"All ended well, and {arrived.Length} arrived. {_context}");
        }
    }

    private void Arrive(int item)
    {
        lock (_arrived)
        {
            _arrived.Add(item);
        }
    }

    private Exception? Failure(int i)
    {
        Exception? error = _blocks[i].Block.Completion.Exception;
        while (error is AggregateException { InnerExceptions: [var only] })
        {
            error = only;
        }

        return error;
    }
}
