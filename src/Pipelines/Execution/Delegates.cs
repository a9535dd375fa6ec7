using System.Threading.Channels;

namespace Pipelines.Execution;

/// <summary>Brings the forms in which a user may write an asynchronous delegate to the one that islands call.</summary>
internal static class Delegates
{
    private const string ATask = "a task";
    private const string ASequence = "a sequence";

    public static Func<TIn, CancellationToken, ValueTask<TOut>> Uniform<TIn, TOut>(Func<TIn, CancellationToken, Task<TOut>> f, string name) =>
        (item, token) => new(Returned.NotNull(f(item, token), name, ATask));

    public static Func<TIn, CancellationToken, ValueTask<TOut>> Uniform<TIn, TOut>(Func<TIn, ValueTask<TOut>> f) =>
        (item, _) => f(item);

    public static Func<TIn, CancellationToken, ValueTask<TOut>> Uniform<TIn, TOut>(Func<TIn, Task<TOut>> f, string name) =>
        (item, _) => new(Returned.NotNull(f(item), name, ATask));

    public static Func<TIn, CancellationToken, ValueTask> Uniform<TIn>(Func<TIn, CancellationToken, Task> f, string name) =>
        (item, token) => new(Returned.NotNull(f(item, token), name, ATask));

    public static Func<TIn, CancellationToken, ValueTask> Uniform<TIn>(Func<TIn, ValueTask> f) =>
        (item, _) => f(item);

    public static Func<TIn, CancellationToken, ValueTask> Uniform<TIn>(Func<TIn, Task> f, string name) =>
        (item, _) => new(Returned.NotNull(f(item), name, ATask));

    /// <summary>A delegate that makes a sequence of an item.</summary>
    public static Func<TIn, CancellationToken, IAsyncEnumerable<TOut>> Sequences<TIn, TOut>(
        Func<TIn, CancellationToken, IAsyncEnumerable<TOut>> f, BlockRun block) =>
        (item, token) => Returned.NotNull(f(item, token), block, ASequence);

    /// <summary>A user's producer, which has no use for the block.</summary>
    public static Func<ChannelWriter<T>, WriterBlockRun, CancellationToken, Task> WithBlock<T>(Func<ChannelWriter<T>, CancellationToken, Task> produce) =>
        (writer, block, token) => Returned.NotNull(produce(writer, token), block, ATask);

    /// <summary>A user's transform, which has no use for the block.</summary>
    public static Func<ChannelReader<TIn>, ChannelWriter<TOut>, WriterBlockRun, CancellationToken, Task> WithBlock<TIn, TOut>(
        Func<ChannelReader<TIn>, ChannelWriter<TOut>, CancellationToken, Task> transform) =>
        (reader, writer, block, token) => Returned.NotNull(transform(reader, writer, token), block, ATask);

    /// <summary>A user's consumer.</summary>
    public static Func<ChannelReader<T>, CancellationToken, Task> OfBlock<T>(Func<ChannelReader<T>, CancellationToken, Task> consume, BlockRun block) =>
        (reader, token) => Returned.NotNull(consume(reader, token), block, ATask);

    /// <summary>A user's asynchronous iterator.</summary>
    public static Func<IAsyncEnumerable<TIn>, CancellationToken, IAsyncEnumerable<TOut>> OfBlock<TIn, TOut>(
        Func<IAsyncEnumerable<TIn>, CancellationToken, IAsyncEnumerable<TOut>> transform, BlockRun block) =>
        (items, token) => Returned.NotNull(transform(items, token), block, ASequence);
}
