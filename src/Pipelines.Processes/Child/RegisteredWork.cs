namespace Pipelines.Processes;

/// <summary>A function that worker processes find by its key. What is generic about its work is made here, where its types are known to the compiler.</summary>
internal abstract class RegisteredWork(string key, Delegate work, Delegate? createWorker)
{
    public string Key { get; } = key;

    public Delegate Work { get; } = work;

    public Delegate? CreateWorker { get; } = createWorker;

    /// <summary>How its items and its results are carried.</summary>
    /// <exception cref="NotSupportedException">Nobody has said how.</exception>
    public abstract (object Input, object? Output) CodecsOf(WorkerRegistry registry);

    public abstract IWorkerLoop CreateLoop(Job job, ParentLink link, WorkerRegistry registry);
}

/// <summary>A delegate that is applied to items, with a worker's resource or without.</summary>
internal sealed class RegisteredMap<TWorker, TIn, TOut>(string key, Delegate work, Func<TWorker>? createWorker) : RegisteredWork(key, work, createWorker)
{
    public override (object Input, object? Output) CodecsOf(WorkerRegistry registry) => (registry.CodecFor<TIn>(Key), registry.CodecFor<TOut>(Key));

    public override IWorkerLoop CreateLoop(Job job, ParentLink link, WorkerRegistry registry)
    {
        Codec<TIn> input = registry.CodecFor<TIn>(Key);
        Codec<TOut> output = registry.CodecFor<TOut>(Key);
        TWorker resource = createWorker is null ? default! : createWorker() ?? throw WorkBinding.NoResource();
        return new MapLoop<TIn, TOut>(link, job.MemoryLimit, input, output, WorkBinding.To<TWorker, TIn, TOut>(Work, resource, link.Token), resource);
    }
}

/// <summary>A whole block that consumes or transforms.</summary>
internal sealed class RegisteredStream<TIn, TOut>(string key, Delegate work, bool hasOutput) : RegisteredWork(key, work, null)
{
    public override (object Input, object? Output) CodecsOf(WorkerRegistry registry) =>
        (registry.CodecFor<TIn>(Key), hasOutput ? registry.CodecFor<TOut>(Key) : null);

    public override IWorkerLoop CreateLoop(Job job, ParentLink link, WorkerRegistry registry) =>
        new StreamLoop<TIn, TOut>(link, registry.CodecFor<TIn>(Key), hasOutput ? registry.CodecFor<TOut>(Key) : null, Work);
}
