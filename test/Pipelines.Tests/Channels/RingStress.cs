using Pipelines.Channels;

namespace Pipelines.Tests.Channels;

/// <summary>
/// One channel under random traffic of every kind, all of it from one seed. Items are numbered by the writes that succeeded, so whatever
/// is lost, doubled, out of order or delivered though refused shows as a wrong number.
/// </summary>
internal sealed partial class RingStress<T>
{
    private readonly Func<int, T> _make;
    private readonly Func<T, int> _number;
    private readonly int _seed;
    private readonly int _capacity;
    private readonly int _items;
    private readonly int _closeAt;
    private readonly bool _closedByAnother;
    private readonly Exception? _error;
    private readonly RingChannel<T> _channel;
    private readonly TaskCompletionSource _closeNow = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _written;
    private int _read;
    private string _writing = "nothing yet";
    private string _reading = "nothing yet";

    public RingStress(int seed, Func<int, T> make, Func<T, int> number)
    {
        _seed = seed;
        _make = make;
        _number = number;
        var random = new Random(seed);
        _capacity = random.Next(3) == 0 ? random.Next(9, 400) : random.Next(1, 9); // above 16 the slots grow
        _items = random.Next(2000);
        _closedByAnother = random.Next(2) == 0;
        _closeAt = _closedByAnother ? random.Next(_items + 1) : _items;
        _error = random.Next(3) == 0 ? new FormatException() : null;
        _channel = new RingChannel<T>(_capacity);
    }

    public async Task RunAsync()
    {
        Task closing = Task.Run(async () =>
        {
            await _closeNow.Task;
            _channel.Writer.TryComplete(_error);
        });
        try
        {
            Task writing = Task.Run(() => GuardAsync(WriteAsync(new Random(_seed + 1))));
            Task reading = Task.Run(() => GuardAsync(ReadAsync(new Random(_seed + 2))));
            Task completion = _channel.Reader.Completion;
            await Task.WhenAll(writing, reading, closing, Task.WhenAny(completion)).InTime();

            Assert.Same(_error, completion.Exception?.InnerException);
            Assert.Equal(_written, _read);
            Assert.Equal(0, _channel.Reader.Count);
            if (!_closedByAnother)
            {
                Assert.Equal(_items, _written);
            }
        }
        catch (Exception error)
        {
            string what = error is TimeoutException ? "It hangs" : "It fails";
            throw new InvalidOperationException($"{what} with PIPELINES_SEED={_seed}: {this}", error);
        }
    }

    public override string ToString() =>
        $"{typeof(T).Name}, capacity {_capacity}, {_written} of {_items} written, {_read} read, {_channel.Reader.Count} wait, "
        + $"{(_closedByAnother ? $"to be closed by another at {_closeAt}" : "to be closed by the writer")}, close {_closeNow.Task.Status}, "
        + $"completion {_channel.Reader.Completion.Status}, writer in {_writing}, reader in {_reading}";

    // A side that fails ends the other too: the failure would otherwise be hidden behind a hang.
    private async Task GuardAsync(Task side)
    {
        try
        {
            await side;
        }
        catch (Exception error)
        {
            _closeNow.TrySetResult();
            _channel.Writer.TryComplete(error);
            throw;
        }
    }

    // Never, at once from another thread, or once this thread is back in the pool: before, while and after the call waits.
    private static CancellationToken NextToken(Random random)
    {
        int choice = random.Next(6);
        if (choice < 2)
        {
            return default;
        }

        var source = new CancellationTokenSource();
        if (choice < 5)
        {
            ThreadPool.UnsafeQueueUserWorkItem(static source => source.Cancel(), source, preferLocal: choice == 4);
        }

        return source.Token;
    }
}
