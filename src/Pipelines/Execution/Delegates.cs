using System.Threading.Channels;

namespace Pipelines.Execution;

/// <summary>Brings the forms in which a user may write an asynchronous delegate to the one that islands call.</summary>
internal static class Delegates
{
    public static Func<T, CancellationToken, ValueTask<U>> Uniform<T, U>(Func<T, CancellationToken, Task<U>> f) =>
        (item, token) => new(f(item, token));

    public static Func<T, CancellationToken, ValueTask<U>> Uniform<T, U>(Func<T, ValueTask<U>> f) =>
        (item, _) => f(item);

    public static Func<T, CancellationToken, ValueTask<U>> Uniform<T, U>(Func<T, Task<U>> f) =>
        (item, _) => new(f(item));

    public static Func<T, CancellationToken, ValueTask> Uniform<T>(Func<T, CancellationToken, Task> f) =>
        (item, token) => new(f(item, token));

    public static Func<T, CancellationToken, ValueTask> Uniform<T>(Func<T, ValueTask> f) =>
        (item, _) => f(item);

    public static Func<T, CancellationToken, ValueTask> Uniform<T>(Func<T, Task> f) =>
        (item, _) => new(f(item));

    /// <summary>A user's producer, which has no use for the block.</summary>
    public static Func<ChannelWriter<T>, WriterBlockRun, CancellationToken, Task> WithBlock<T>(Func<ChannelWriter<T>, CancellationToken, Task> produce) =>
        (writer, _, token) => produce(writer, token);

    /// <summary>A user's transform, which has no use for the block.</summary>
    public static Func<ChannelReader<T>, ChannelWriter<U>, WriterBlockRun, CancellationToken, Task> WithBlock<T, U>(
        Func<ChannelReader<T>, ChannelWriter<U>, CancellationToken, Task> transform) =>
        (reader, writer, _, token) => transform(reader, writer, token);
}
