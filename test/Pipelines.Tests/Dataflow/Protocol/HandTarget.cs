using System.Threading.Channels;
using System.Threading.Tasks.Dataflow;
using Pipelines.Tests.Channels;

namespace Pipelines.Tests.Dataflow.Protocol;

/// <summary>A target in the hand of a test, which says what becomes of each offer, and hears of everything the source does.</summary>
internal sealed class HandTarget : ITargetBlock<int>
{
    private readonly Channel<Offer> _offers = Channel.CreateUnbounded<Offer>();
    private readonly TaskCompletionSource<Exception?> _end = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _count;

    /// <summary>What the target answers; by default it accepts.</summary>
    public Func<Offer, DataflowMessageStatus> Answer { get; set; } = _ => DataflowMessageStatus.Accepted;

    /// <summary>How many offers there were.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Finishes when the target was told to end: with null by <c>Complete</c>, with the exception by <c>Fault</c>.</summary>
    public Task<Exception?> End => _end.Task;

    public Task Completion => _end.Task;

    public static HandTarget That(DataflowMessageStatus answer) => new() { Answer = _ => answer };

    /// <summary>The next offer that was not asked for yet, as soon as there is one. It has been answered, or is just being.</summary>
    public Task<Offer> NextAsync() => _offers.Reader.ReadAsync().AsTask().InTime();

    public async Task<List<int>> NextAsync(int count)
    {
        List<int> items = [];
        while (items.Count < count)
        {
            items.Add((await NextAsync()).Item);
        }

        return items;
    }

    /// <summary>Consumes a message that it has postponed.</summary>
    public bool Consume(Offer offer, out int item)
    {
        item = offer.Source!.ConsumeMessage(offer.Header, this, out bool consumed);
        return consumed;
    }

    /// <summary>Consumes a message that it has postponed, also if its answer has not arrived at the source yet.</summary>
    public async Task<int> ConsumeAsync(Offer offer)
    {
        int item;
        while (!Consume(offer, out item))
        {
            offer = await NextAsync(); // told no because the offer was still under way: then it comes again
        }

        return item;
    }

    public DataflowMessageStatus OfferMessage(DataflowMessageHeader messageHeader, int messageValue, ISourceBlock<int>? source, bool consumeToAccept)
    {
        var offer = new Offer(messageHeader, messageValue, source);
        Interlocked.Increment(ref _count);
        try
        {
            return Answer(offer);
        }
        finally
        {
            _offers.Writer.TryWrite(offer);
        }
    }

    public void Complete() => _end.TrySetResult(null);

    public void Fault(Exception exception) => _end.TrySetResult(exception);
}
