using System.Threading.Channels;
using Pipelines.Tests.Channels;
using Pipelines.Workers;

namespace Pipelines.Tests.Blocks;

/// <summary>
/// <c>Completion</c> of every reader that a pipeline hands out finishes in whatever order the reading and the end come. It never did where all had been read
/// before the end came: the end woke nobody, because nobody waited.
/// </summary>
public sealed class ReaderCompletionTests
{
    private const int Items = 3;

    private readonly TaskCompletionSource _mayEnd = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public enum Order
    {
        ReadThenEnd,
        ReadSomeThenEnd,
        EndThenRead,
        ReadThenFailure,
    }

    public static TheoryData<Order> Orders => [.. Enum.GetValues<Order>()];

    [Theory]
    [MemberData(nameof(Orders))]
    public async Task ToChannelReader_AnyOrder_Finishes(Order order)
    {
        ChannelReader<int> reader = Source(order).ToChannelReader();

        await AssertFinishesAsync(order, reader);
    }

    [Theory]
    [MemberData(nameof(Orders))]
    public async Task ToChannelReader_BehindALink_Finishes(Order order)
    {
        ChannelReader<int> reader = Source(order).Buffer(2).SelectAsync(item => new ValueTask<int>(item), new() { Parallelism = 2 }).ToChannelReader();

        await AssertFinishesAsync(order, reader);
    }

    [Fact]
    public async Task ToChannelReader_Empty_Finishes()
    {
        ChannelReader<int> reader = Pipeline.Range(0, 0).ToChannelReader();

        await reader.Completion.InTime();
    }

    [Fact]
    public async Task ToChannelReader_ReadToTheLastAndCancelled_IsCancelled()
    {
        using var source = new CancellationTokenSource();
        ChannelReader<int> reader = Source(Order.ReadThenEnd).Select(item => item).ToChannelReader(cancellationToken: source.Token);
        await ReadAsync(reader, Items);
        Task completion = reader.Completion;

        await source.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => completion.InTime());
    }

    // Of a run's own code the end is that of the link in front: a failure of the run before it is not an end but the breaking off.
    [Theory]
    [InlineData(Order.ReadThenEnd)]
    [InlineData(Order.ReadSomeThenEnd)]
    [InlineData(Order.EndThenRead)]
    public async Task Transform_AnyOrder_Finishes(Order order)
    {
        List<int> items = await Source(order).Transform<int>(async (reader, writer, _) =>
        {
            await AssertFinishesAsync(order, reader);
            await writer.WriteAsync(1, CancellationToken.None);
        }).ToListAsync().InTime();

        Assert.Equal([1], items);
    }

    [Theory]
    [InlineData(Order.ReadThenEnd)]
    [InlineData(Order.ReadSomeThenEnd)]
    [InlineData(Order.EndThenRead)]
    public async Task Consume_AnyOrder_Finishes(Order order) =>
        await Source(order).Consume((reader, _) => AssertFinishesAsync(order, reader)).RunAsync().InTime();

    [Theory]
    [InlineData(0)]
    [InlineData(Items)]
    public async Task Consume_RunAborted_IsCancelled(int readBefore)
    {
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Exception? thrown = null;
        PipelineRun run = Source(Order.ReadThenEnd).Consume(async (reader, _) =>
        {
            await ReadAsync(reader, readBefore);
            Task completion = reader.Completion;
            asked.SetResult();
            thrown = await Record.ExceptionAsync(() => completion.InTime());
        }).Start();
        await asked.Task.InTime();

        run.Abort();

        await Ended.ExceptionAsync(run);
        Assert.IsAssignableFrom<OperationCanceledException>(thrown);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Results_ReadBeforeOrAfterTheEnd_Finishes(bool readBefore)
    {
        await using var pool = new WorkerPool<int, int>((item, _) => new ValueTask<int>(item));
        for (int i = 0; i < Items; i++)
        {
            await pool.AddAsync(i);
        }

        if (readBefore)
        {
            await ReadAsync(pool.Results, Items);
        }

        Task completion = pool.Results.Completion;
        Assert.False(completion.IsCompleted);
        await pool.CompleteAsync().InTime();
        if (!readBefore)
        {
            Assert.False(completion.IsCompleted);
            await ReadAsync(pool.Results, Items);
        }

        await completion.InTime();
    }

    [Fact]
    public async Task Results_NothingAdded_Finishes()
    {
        await using var pool = new WorkerPool<int, int>((item, _) => new ValueTask<int>(item));

        await pool.CompleteAsync().InTime();

        await pool.Results.Completion.InTime();
    }

    [Fact]
    public async Task Results_PoolFailed_FailsWithThat()
    {
        var error = new FormatException();
        await using var pool = new WorkerPool<int, int>((item, _) => item == 1 ? throw error : new ValueTask<int>(item));
        await pool.AddAsync(0);
        await ReadAsync(pool.Results, 1);
        await pool.AddAsync(1);

        Assert.Same(error, await Assert.ThrowsAsync<FormatException>(() => pool.Results.Completion.InTime()));
        await Record.ExceptionAsync(() => pool.Completion);
    }

    private Pipeline<int> Source(Order order) => Pipeline.Produce<int>(async (writer, token) =>
    {
        for (int i = 0; i < Items; i++)
        {
            await writer.WriteAsync(i, token);
        }

        if (order == Order.EndThenRead)
        {
            return;
        }

        await _mayEnd.Task.WaitAsync(token);
        if (order == Order.ReadThenFailure)
        {
            throw new FormatException();
        }
    });

    private async Task AssertFinishesAsync(Order order, ChannelReader<int> reader)
    {
        Task completion = reader.Completion;
        int before = order switch
        {
            Order.EndThenRead => 0,
            Order.ReadSomeThenEnd => 1,
            _ => Items,
        };
        await ReadAsync(reader, before);
        Assert.False(completion.IsCompleted);
        _mayEnd.SetResult();
        await ReadAsync(reader, Items - before);
        if (order == Order.ReadThenFailure)
        {
            await Assert.ThrowsAsync<FormatException>(() => completion.InTime());
        }
        else
        {
            await completion.InTime();
        }
    }

    private static async Task ReadAsync(ChannelReader<int> reader, int count)
    {
        for (int i = 0; i < count; i++)
        {
            await reader.ReadAsync().InTime();
        }
    }
}
