using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;
using Pipelines.Execution;

namespace Pipelines.Processes;

/// <summary>A block's items are worked on in child processes of the same program: what crashes, leaks or is not thread-safe does so there.</summary>
/// <remarks>
/// <para>For <c>Select</c>, <c>SelectAsync</c> (with a worker's resource or without), <c>Consume</c> and <c>Transform</c>. Order, bounds, counts, failures,
/// error policies, time limits, drain, abort and pause are as with threads; <see cref="BlockOptions.Capacity"/> is 4096 by default.</para>
/// <para><b>The delegate</b> must refer to nothing of this process: a static method, or a lambda that captures nothing. Items and results are carried whole or
/// not at all. Both are checked when the pipeline is built.</para>
/// <para><b>Failure:</b> what the delegate throws comes as <see cref="WorkerException"/>. A worker that dies is replaced; the item it was at work on is begun
/// again, up to <see cref="Attempts"/> times, and then fails with <see cref="WorkerCrashedException"/>; all others are as if nothing had happened. A worker
/// that exceeds <see cref="BlockOptions.Timeout"/> is killed, and its item fails with <see cref="TimeoutException"/>. One that cannot be started fails the
/// run.</para>
/// <para><b>Cost:</b> 45 ms and 25 MB or more for each process; then some nanoseconds an item while there is much to do, and 50 us for a single one.</para>
/// </remarks>
public sealed record ProcessWorkers : BlockWorkers
{
    private const int DefaultWindow = 4096;

    /// <summary>How often an item is begun at most, when workers die on it.</summary>
    /// <value>Default 3. At least 1: then nothing is ever begun twice.</value>
    /// <exception cref="ArgumentOutOfRangeException">The value is below 1.</exception>
    public int Attempts { get; init => field = AtLeast(1, value, nameof(Attempts)); } = 3;

    /// <summary>After how many items a worker is replaced by a new one.</summary>
    /// <value>Default none. At least 1.</value>
    /// <exception cref="ArgumentOutOfRangeException">The value is below 1.</exception>
    public int? RecycleAfter { get; init => field = value is { } items ? AtLeast(1, items, nameof(RecycleAfter)) : null; }

    /// <summary>How much memory a worker may use before it is replaced, between two items.</summary>
    /// <value>Bytes of its working set; default none. At least 1.</value>
    /// <exception cref="ArgumentOutOfRangeException">The value is below 1.</exception>
    public long? MemoryLimit { get; init => field = value is { } bytes ? AtLeast(1, bytes, nameof(MemoryLimit)) : null; }

    /// <summary>How long a worker may take until it is ready for its first item.</summary>
    /// <value>Default 30 s. Above zero.</value>
    /// <exception cref="ArgumentOutOfRangeException">The value is zero or negative.</exception>
    public TimeSpan StartTimeout { get; init => field = AboveZero(value, nameof(StartTimeout)); } = TimeSpan.FromSeconds(30);

    /// <summary>How long a worker may take to leave when it is told to, its resource's disposal included. Then it is killed. A delegate's token is cancelled
    /// when the run is aborted.</summary>
    /// <value>Default 2 s. Above zero.</value>
    /// <exception cref="ArgumentOutOfRangeException">The value is zero or negative.</exception>
    public TimeSpan GracePeriod { get; init => field = AboveZero(value, nameof(GracePeriod)); } = TimeSpan.FromSeconds(2);

    /// <summary>Serializers for what cannot be carried otherwise: types that implement <see cref="IItemSerializer{T}"/> and have a constructor without
    /// parameters, which both sides call.</summary>
    /// <value>Default none.</value>
    /// <exception cref="ArgumentException">A type is no serializer, or has no such constructor.</exception>
    public IReadOnlyList<Type> Serializers
    {
        get;
        [RequiresUnreferencedCode("Serializers are found by reflection. In a trimmed or native program give them to WorkerRegistry.Carry.")]
        [RequiresDynamicCode("Serializers are found by reflection. In a trimmed or native program give them to WorkerRegistry.Carry.")]
        init => field = Checked(value);
    } = [];

    /// <summary>Environment variables that workers get beside those of this process. A null takes one away.</summary>
    /// <value>Default none.</value>
    public IReadOnlyDictionary<string, string?> Environment { get; init; } = new Dictionary<string, string?>();

    /// <summary>Where the memory lies that is shared with a worker: 1 MB each, as a file that disappears as soon as the worker runs.</summary>
    /// <value>Default <c>/dev/shm</c> where there is one, else the folder for temporary files.</value>
    public string? Folder { get; init; }

    /// <summary>Gets what workers print. Called by one thread at a time for each process and stream.</summary>
    /// <value>Default: it goes where this process prints.</value>
    public Action<WorkerOutput>? OnOutput { get; init; }

    /// <summary>Hears of each worker that has ended, for whatever reason.</summary>
    /// <value>Default none.</value>
    public Action<WorkerExit>? OnExit { get; init; }

    /// <summary>Whether a worker waits for a debugger before it begins.</summary>
    /// <value>Default false.</value>
    public bool WaitForDebugger { get; init; }

    internal override int? DefaultCapacity => DefaultWindow;

    internal override PoolDelegate<TIn, TOut> Map<TIn, TOut>((Delegate Work, Delegate? CreateWorker) work, BlockOptions options, string name) =>
        new ProcessPool<TIn, TOut>(Stage.Create<TIn, TOut>(this, JobKind.Map, work.Work, work.CreateWorker, name));

    internal override Func<ChannelReader<T>, CancellationToken, Task> Consume<T>(Delegate consume, BlockOptions options, string name) =>
        new StreamBlock<T, int>(Stage.Create<T, int>(this, JobKind.Consume, consume, null, name)).ConsumeAsync;

    internal override Func<ChannelReader<TIn>, ChannelWriter<TOut>, CancellationToken, Task> Transform<TIn, TOut>(
        Delegate transform, BlockOptions options, string name) =>
        new StreamBlock<TIn, TOut>(Stage.Create<TIn, TOut>(this, JobKind.Transform, transform, null, name)).TransformAsync;

    private static T AtLeast<T>(T least, T value, string name)
        where T : IComparable<T> => value.CompareTo(least) >= 0
        ? value
        : throw new ArgumentOutOfRangeException(name, value, $"{name} must be {least} or more.");

    private static TimeSpan AboveZero(TimeSpan value, string name) => value > TimeSpan.Zero
        ? value
        : throw new ArgumentOutOfRangeException(name, value, $"{name} must be above zero.");

    [RequiresUnreferencedCode(Reflection.Reason)]
    [RequiresDynamicCode(Reflection.Reason)]
    private static IReadOnlyList<Type> Checked(IReadOnlyList<Type> serializers)
    {
        ArgumentNullException.ThrowIfNull(serializers, nameof(Serializers));
        foreach (Type type in serializers)
        {
            ArgumentNullException.ThrowIfNull(type, nameof(Serializers));
            if (!Codecs.Serialized(type).Any() || type.GetConstructor([]) is null)
            {
                throw new ArgumentException(
                    $"{type} must implement IItemSerializer<T> and have a public constructor without parameters: both processes make one.",
                    nameof(serializers));
            }
        }

        return serializers;
    }
}
