using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using System.Threading.Channels;

namespace Pipelines.Processes;

/// <summary>What worker processes of a trimmed or native program can do: functions, each under a key, and how their items are carried. Both sides fill it by
/// the same code, the delegate given to <see cref="WorkerProcess.TryRun"/>.</summary>
/// <remarks>
/// <para>A block with <see cref="ProcessWorkers"/> is given a function that was registered under the same name of a method: <c>registry.Select&lt;int,
/// int&gt;(Work.Square)</c>, and then <c>pipeline.Select(Work.Square, ...)</c>. The very same delegate does as well; two lambdas with the same text are
/// two.</para>
/// <para><b>Carried</b> without a word are values that are nothing but their bytes (numbers, enums, <c>DateTime</c>, <c>Guid</c>, structs and tuples of such),
/// arrays of numbers, <c>string</c> and <c>string[]</c>. Everything else as <c>Carry</c> says; a block whose items nobody has said how to carry is refused
/// when it is built.</para>
/// </remarks>
public sealed class WorkerRegistry
{
    private readonly Dictionary<Delegate, RegisteredWork> _byDelegate = [];
    private readonly Dictionary<string, RegisteredWork> _byKey = new(StringComparer.Ordinal);
    private readonly RegisteredCodecs _codecs = new();

    internal WorkerRegistry()
    {
    }

    /// <summary>A function for <c>Select</c>.</summary>
    /// <typeparam name="T">The items.</typeparam>
    /// <typeparam name="TResult">What comes of them.</typeparam>
    /// <param name="selector">The function; any state it has is each process's own.</param>
    /// <param name="key">Filled in by the compiler: how both sides call it.</param>
    /// <returns>The same registry.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="selector"/> is null.</exception>
    /// <exception cref="ArgumentException">Another function has that key.</exception>
    public WorkerRegistry Select<T, TResult>(Func<T, TResult> selector, [CallerArgumentExpression(nameof(selector))] string key = "") =>
        Map<object?, T, TResult>(selector, null, key);

    /// <summary>A function for <c>Select</c>, with what makes a worker's resource.</summary>
    /// <typeparam name="TWorker">The resource.</typeparam>
    /// <typeparam name="T">The items.</typeparam>
    /// <typeparam name="TResult">What comes of them.</typeparam>
    /// <param name="createWorker">Makes a worker's resource.</param>
    /// <param name="selector">The function.</param>
    /// <param name="key">Filled in by the compiler: how both sides call it.</param>
    /// <returns>The same registry.</returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    /// <exception cref="ArgumentException">Another function has that key.</exception>
    public WorkerRegistry Select<TWorker, T, TResult>(
        Func<TWorker> createWorker, Func<TWorker, T, TResult> selector, [CallerArgumentExpression(nameof(selector))] string key = "") =>
        Map<TWorker, T, TResult>(selector, NotNull(createWorker), key);

    /// <summary>A function for <c>SelectAsync</c>.</summary>
    /// <typeparam name="T">The items.</typeparam>
    /// <typeparam name="TResult">What comes of them.</typeparam>
    /// <param name="selector">The function.</param>
    /// <param name="key">Filled in by the compiler: how both sides call it.</param>
    /// <returns>The same registry.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="selector"/> is null.</exception>
    /// <exception cref="ArgumentException">Another function has that key.</exception>
    [OverloadResolutionPriority(4)]
    public WorkerRegistry SelectAsync<T, TResult>(
        Func<T, CancellationToken, ValueTask<TResult>> selector, [CallerArgumentExpression(nameof(selector))] string key = "") =>
        Map<object?, T, TResult>(selector, null, key);

    /// <inheritdoc cref="SelectAsync{T, TResult}(Func{T, CancellationToken, ValueTask{TResult}}, string)"/>
    [OverloadResolutionPriority(3)]
    public WorkerRegistry SelectAsync<T, TResult>(
        Func<T, CancellationToken, Task<TResult>> selector, [CallerArgumentExpression(nameof(selector))] string key = "") =>
        Map<object?, T, TResult>(selector, null, key);

    /// <inheritdoc cref="SelectAsync{T, TResult}(Func{T, CancellationToken, ValueTask{TResult}}, string)"/>
    [OverloadResolutionPriority(2)]
    public WorkerRegistry SelectAsync<T, TResult>(Func<T, ValueTask<TResult>> selector, [CallerArgumentExpression(nameof(selector))] string key = "") =>
        Map<object?, T, TResult>(selector, null, key);

    /// <inheritdoc cref="SelectAsync{T, TResult}(Func{T, CancellationToken, ValueTask{TResult}}, string)"/>
    [OverloadResolutionPriority(1)]
    public WorkerRegistry SelectAsync<T, TResult>(Func<T, Task<TResult>> selector, [CallerArgumentExpression(nameof(selector))] string key = "") =>
        Map<object?, T, TResult>(selector, null, key);

    /// <summary>A function for <c>SelectAsync</c>, with what makes a worker's resource.</summary>
    /// <typeparam name="TWorker">The resource.</typeparam>
    /// <typeparam name="T">The items.</typeparam>
    /// <typeparam name="TResult">What comes of them.</typeparam>
    /// <param name="createWorker">Makes a worker's resource.</param>
    /// <param name="selector">The function.</param>
    /// <param name="key">Filled in by the compiler: how both sides call it.</param>
    /// <returns>The same registry.</returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    /// <exception cref="ArgumentException">Another function has that key.</exception>
    [OverloadResolutionPriority(2)]
    public WorkerRegistry SelectAsync<TWorker, T, TResult>(
        Func<TWorker> createWorker,
        Func<TWorker, T, CancellationToken, ValueTask<TResult>> selector,
        [CallerArgumentExpression(nameof(selector))] string key = "") => Map<TWorker, T, TResult>(selector, NotNull(createWorker), key);

    /// <inheritdoc cref="SelectAsync{TWorker, T, TResult}(Func{TWorker}, Func{TWorker, T, CancellationToken, ValueTask{TResult}}, string)"/>
    [OverloadResolutionPriority(1)]
    public WorkerRegistry SelectAsync<TWorker, T, TResult>(
        Func<TWorker> createWorker,
        Func<TWorker, T, CancellationToken, Task<TResult>> selector,
        [CallerArgumentExpression(nameof(selector))] string key = "") => Map<TWorker, T, TResult>(selector, NotNull(createWorker), key);

    /// <summary>A function for <c>Consume</c>.</summary>
    /// <typeparam name="T">The items.</typeparam>
    /// <param name="consume">The function.</param>
    /// <param name="key">Filled in by the compiler: how both sides call it.</param>
    /// <returns>The same registry.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="consume"/> is null.</exception>
    /// <exception cref="ArgumentException">Another function has that key.</exception>
    public WorkerRegistry Consume<T>(
        Func<ChannelReader<T>, CancellationToken, Task> consume, [CallerArgumentExpression(nameof(consume))] string key = "") =>
        Add(new RegisteredStream<T, int>(key, NotNull(consume), hasOutput: false));

    /// <summary>A function for <c>Transform</c>.</summary>
    /// <typeparam name="T">The items.</typeparam>
    /// <typeparam name="TResult">What comes of them.</typeparam>
    /// <param name="transform">The function.</param>
    /// <param name="key">Filled in by the compiler: how both sides call it.</param>
    /// <returns>The same registry.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="transform"/> is null.</exception>
    /// <exception cref="ArgumentException">Another function has that key.</exception>
    public WorkerRegistry Transform<T, TResult>(
        Func<ChannelReader<T>, ChannelWriter<TResult>, CancellationToken, Task> transform,
        [CallerArgumentExpression(nameof(transform))] string key = "") =>
        Add(new RegisteredStream<T, TResult>(key, NotNull(transform), hasOutput: true));

    /// <summary>Values of a type are carried by a serializer.</summary>
    /// <typeparam name="T">The type.</typeparam>
    /// <param name="serializer">The serializer; each process has its own.</param>
    /// <returns>The same registry.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="serializer"/> is null.</exception>
    public WorkerRegistry Carry<T>(IItemSerializer<T> serializer)
    {
        _codecs.Add(new SerializerCodec<T>(NotNull(serializer)));
        return this;
    }

    /// <summary>Values of a type are carried as JSON, by what the compiler has generated. Mind that it leaves out what is not public.</summary>
    /// <typeparam name="T">The type.</typeparam>
    /// <param name="type">What was generated for it.</param>
    /// <returns>The same registry.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="type"/> is null.</exception>
    public WorkerRegistry Carry<T>(JsonTypeInfo<T> type)
    {
        _codecs.Add(new JsonCodec<T>(NotNull(type)));
        return this;
    }

    /// <summary>Values of all types of a context are carried as JSON, unless they are carried without. Mind that it leaves out what is not public.</summary>
    /// <param name="context">What the compiler has generated.</param>
    /// <returns>The same registry.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="context"/> is null.</exception>
    public WorkerRegistry Carry(JsonSerializerContext context)
    {
        _codecs.Add(NotNull(context));
        return this;
    }

    /// <summary>The function of a block; null if it was not registered.</summary>
    internal RegisteredWork? Find(Delegate work, Delegate? createWorker) =>
        _byDelegate.TryGetValue(work, out RegisteredWork? found) && Equals(found.CreateWorker, createWorker) ? found : null;

    /// <exception cref="InvalidOperationException">There is none.</exception>
    internal RegisteredWork Find(string key) => _byKey.GetValueOrDefault(key) ?? throw new InvalidOperationException(
        $"The worker process has registered no function '{key}', and its parent has: what is given to WorkerProcess.TryRun must do the same in both.");

    /// <exception cref="NotSupportedException">Nobody has said how.</exception>
    internal Codec<T> CodecFor<T>(string key) => _codecs.For<T>() ?? throw new NotSupportedException(
        $"{key}: {TypeName.Of(typeof(T))} cannot be carried to another process by a trimmed or native program unless it is told how. Give " +
        "WorkerRegistry.Carry its JsonTypeInfo, a JsonSerializerContext that knows it, or an IItemSerializer.");

    private WorkerRegistry Map<TWorker, T, TResult>(Delegate selector, Func<TWorker>? createWorker, string key) =>
        Add(new RegisteredMap<TWorker, T, TResult>(key, NotNull(selector), createWorker));

    private WorkerRegistry Add(RegisteredWork work)
    {
        if (!_byKey.TryAdd(work.Key, work))
        {
            throw new ArgumentException($"There is a function '{work.Key}' already. Give this one another key.", nameof(work));
        }

        _byDelegate[work.Work] = work;
        return this;
    }

    private static T NotNull<T>(T argument, [CallerArgumentExpression(nameof(argument))] string name = "")
    {
        ArgumentNullException.ThrowIfNull(argument, name);
        return argument;
    }
}
