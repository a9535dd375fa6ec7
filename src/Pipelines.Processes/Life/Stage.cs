using System.Diagnostics.CodeAnalysis;
using Pipelines.Execution;

namespace Pipelines.Processes;

/// <summary>What a block is in its workers: settled when the pipeline is built, the same for all runs.</summary>
internal sealed class Stage
{
    private readonly Lazy<byte[]> _job;
    private readonly object _input;
    private readonly object? _output;

    private Stage(ProcessWorkers options, string name, object input, object? output, Func<Job> job)
    {
        (_input, _output) = (input, output);
        Options = options;
        Name = name;
        _job = new Lazy<byte[]>(() => job().ToBytes());
    }

    public ProcessWorkers Options { get; }

    /// <summary>How the block is called.</summary>
    public string Name { get; }

    /// <summary>How its items are carried. Any number of threads.</summary>
    public Codec<T> InputCodec<T>() => (Codec<T>)_input;

    /// <summary>How its results are.</summary>
    public Codec<T> OutputCodec<T>() => (Codec<T>)_output!;

    public byte[] Job => _job.Value;

    /// <summary>Whether its workers begin in <c>Main</c>, where their functions are registered, and not before it.</summary>
    public bool BeginsInMain { get; private init; }

    /// <exception cref="NotSupportedException">The delegate or what it takes and gives cannot be sent.</exception>
    public static Stage Create<TIn, TOut>(ProcessWorkers options, JobKind kind, Delegate work, Delegate? createWorker, string name)
    {
        name = BlockName.Shorten(name);
        if (WorkerProcess.Registry is { } registry && registry.Find(work, createWorker) is { } registered)
        {
            return Registered(options, kind, registry, registered, name);
        }

        return Reflection.IsSupported ? Reflected<TIn, TOut>(options, kind, work, createWorker, name) : throw NotRegistered(name);
    }

    private static Stage Registered(ProcessWorkers options, JobKind kind, WorkerRegistry registry, RegisteredWork registered, string name)
    {
        (object input, object? output) = registered.CodecsOf(registry);
        return new Stage(options, name, input, output, () => new Job
        {
            Kind = kind,
            Key = registered.Key,
            Culture = Processes.Job.CulturesFor(options).Culture,
            UICulture = Processes.Job.CulturesFor(options).UICulture,
            MemoryLimit = options.MemoryLimit ?? 0,
        })
        {
            BeginsInMain = true,
        };
    }

    private static NotSupportedException NotRegistered(string name)
    {
        WorkerProcess.RefuseInWorker();
        return new NotSupportedException(
            $"{name} is not registered, and a worker process of a trimmed or native program finds nothing else: write 'if (WorkerProcess.TryRun(registry => " +
            "registry.Select<TItem, TResult>(TheMethod))) return;' first in Main, and give the same method, and the same createWorker, to the block.");
    }

    [RequiresUnreferencedCode(Reflection.Reason)]
    [RequiresDynamicCode(Reflection.Reason)]
    [UnconditionalSuppressMessage("SingleFile", "IL3000", Justification = "An assembly without a file is in a single file, which is found without its folder.")]
    private static Stage Reflected<TIn, TOut>(ProcessWorkers options, JobKind kind, Delegate work, Delegate? createWorker, string name)
    {
        CodeReference code = CodeReference.To(work, name);
        CodeReference? create = createWorker is null ? null : CodeReference.To(createWorker, name + "'s worker");
        var codecs = new Codecs(options.Serializers);
        Codec<TIn> input = codecs.For<TIn>();
        Codec<TOut>? output = kind == JobKind.Consume ? null : codecs.For<TOut>();
        string?[] folders = [AppContext.BaseDirectory, .. new[] { work.Method.Module.Assembly, typeof(TIn).Assembly, typeof(TOut).Assembly }
            .Select(assembly => Path.GetDirectoryName(assembly.Location))];
        return new Stage(options, name, input, output, () => new Job
        {
            Kind = kind,
            Input = typeof(TIn).AssemblyQualifiedName!,
            Output = typeof(TOut).AssemblyQualifiedName!,
            Work = code,
            CreateWorker = create,
            Serializers = [.. options.Serializers.Select(type => type.AssemblyQualifiedName!)],
            Folders = [.. folders.OfType<string>().Where(folder => folder.Length > 0).Distinct()],
            Culture = Processes.Job.CulturesFor(options).Culture,
            UICulture = Processes.Job.CulturesFor(options).UICulture,
            MemoryLimit = options.MemoryLimit ?? 0,
        });
    }
}
