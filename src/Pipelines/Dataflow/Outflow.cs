using System.Threading.Channels;
using System.Threading.Tasks.Dataflow;
using Pipelines.Channels;

namespace Pipelines.Dataflow;

/// <summary>The source side of the bridge: offers what a run puts out to linked Dataflow targets, one message at a time.</summary>
/// <remarks>
/// <para>The message at the head is offered to each link in turn until one accepts it. If none does, it stays until a target that postponed it consumes it,
/// somebody receives it, or there is reason to offer it again: a new link, a reservation let go, or a target that asked for it while another was being offered
/// it.</para>
/// <para>States of the head, under the gate: none; <b>at rest</b>; <b>on offer</b> to one link (<see cref="_offeringThread"/>), when nobody may take it from
/// another thread, not even that target, which might accept it too; <b>reserved</b> by one target, when only that one may. Targets are called outside of the
/// gate, by the one loop of this class, so a target may call back at will. What it calls from within the offer comes on the offer's own thread, one thing after
/// the other: there it may reserve, consume and let go as with an in-box source. Who has been told no meanwhile (<see cref="_hasRefused"/>) is offered the
/// message again.</para>
/// <para>What the run put out before it failed is offered first, then the fault is passed on. But a fault or a cancellation from outside, or a target that
/// throws, ends it at once (<see cref="Cut"/>): there may be nobody left who takes anything. Then the rest is given back, so that nothing is lost
/// silently.</para>
/// </remarks>
internal sealed partial class Outflow<T>
{
    private readonly ISourceBlock<T> _self;
    private readonly ChannelReader<T> _reader;
    private readonly PipelineRun _run;
    private readonly Action<Exception> _targetFailed;
    private readonly Gate _gate = new();
    private readonly List<OutflowLink<T>> _links = [];
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource _news = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private T _head = default!;
    private bool _hasHead;
    private long _id;
    private int _offeringThread; // 0: the head is not on offer
    private bool _hasRefused;
    private ITargetBlock<T>? _reservedBy;

    /// <param name="self">The block that targets know.</param>
    /// <param name="reader">What the run puts out.</param>
    /// <param name="run">The run whose output it is.</param>
    /// <param name="targetFailed">Receives what a target's own code throws.</param>
    public Outflow(ISourceBlock<T> self, ChannelReader<T> reader, PipelineRun run, Action<Exception> targetFailed)
    {
        _run = run;
        _targetFailed = targetFailed;
        _self = self;
        _reader = reader;
    }

    /// <summary>Finishes when the run has ended and the last message was taken.</summary>
    public Task Completion => _completion.Task;

    /// <summary>Offers everything there is, then tells the targets how it ended.</summary>
    public async Task RunAsync()
    {
        Exception? error = null;
        try
        {
            while (!IsCut && await _reader.WaitToReadAsync().ConfigureAwait(false))
            {
                if (TryLoad())
                {
                    await OfferUntilTakenAsync().ConfigureAwait(false);
                }
            }
        }
        catch (Exception failed)
        {
            error = failed;
        }

        if (IsCut)
        {
            error = await GiveBackAsync().ConfigureAwait(false);
        }

        Finish(error);
    }

    public IDisposable LinkTo(ITargetBlock<T> target, DataflowLinkOptions linkOptions)
    {
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(linkOptions);
        var link = new OutflowLink<T>(this, target, linkOptions);
        using (_gate.Enter())
        {
            if (!_completion.Task.IsCompleted)
            {
                _links.Insert(linkOptions.Append ? _links.Count : 0, link);
                Announce();
                return link;
            }
        }

        if (linkOptions.PropagateCompletion)
        {
            link.Tell(_completion.Task);
        }

        return link;
    }

    private T Take(OutflowLink<T>? by)
    {
        T item = _head;
        _hasRefused = false;
        _head = default!;
        _hasHead = false;
        _reservedBy = null;
        if (by is { } link && link.IsLastAfterThis())
        {
            _links.Remove(link);
        }

        Announce();
        return item;
    }

    private void Announce()
    {
        TaskCompletionSource news = _news;
        _news = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        news.SetResult();
    }

    private async Task OfferUntilTakenAsync()
    {
        for (; ; )
        {
            Task news;
            OutflowLink<T>[] links;
            using (_gate.Enter())
            {
                if (IsSettled)
                {
                    return;
                }

                news = _news.Task; // before the offers: what happens meanwhile counts
                links = [.. _links];
            }

            foreach (OutflowLink<T> link in links)
            {
                if (!Offer(link))
                {
                    break;
                }
            }

            using (_gate.Enter())
            {
                if (IsSettled)
                {
                    return;
                }
            }

            await news.ConfigureAwait(false);
        }
    }

    // False: nobody else is to be offered the message now.
    private bool Offer(OutflowLink<T> link)
    {
        T item;
        long id;
        using (_gate.Enter())
        {
            if (!_hasHead || _reservedBy is not null || IsCut)
            {
                return false;
            }

            if (!_links.Contains(link))
            {
                return true;
            }

            _offeringThread = Environment.CurrentManagedThreadId;
            item = _head;
            id = _id;
        }

        DataflowMessageStatus status = DataflowMessageStatus.DecliningPermanently;
        try
        {
            status = link.Target.OfferMessage(new DataflowMessageHeader(id), item, _self, consumeToAccept: false);
        }
        catch (Exception error)
        {
            _targetFailed(error); // as with the in-box blocks, that is the end of this one
        }
        finally
        {
            using (_gate.Enter())
            {
                _offeringThread = 0;
                if (status == DataflowMessageStatus.Accepted)
                {
                    if (_hasHead && id == _id)
                    {
                        Take(link); // unless it has consumed it meanwhile
                    }
                }
                else if (status == DataflowMessageStatus.DecliningPermanently)
                {
                    _links.Remove(link);
                }
            }
        }

        return true;
    }

    internal void Unlink(OutflowLink<T> link)
    {
        using (_gate.Enter())
        {
            _links.Remove(link);
        }
    }
}
