using System.Diagnostics.CodeAnalysis;
using System.Reflection;

namespace Pipelines.Processes;

/// <summary>In a worker process: the loop of a job whose code and types are found by their names.</summary>
[RequiresUnreferencedCode(Processes.Reflection.Reason)]
[RequiresDynamicCode(Processes.Reflection.Reason)]
internal static class ReflectedWork
{
    private const BindingFlags Ours = BindingFlags.Static | BindingFlags.NonPublic;

    public static IWorkerLoop CreateLoop(Job job, ParentLink link)
    {
        CodeReference.LookIn(job.Folders);
        string create = job.Kind == JobKind.Map ? nameof(Map) : nameof(Stream);
        return (IWorkerLoop)Make(create, [CodeReference.Find(job.Input), CodeReference.Find(job.Output)], job, link);
    }

    private static MapLoop<TIn, TOut> Map<TIn, TOut>(Job job, ParentLink link)
    {
        Codecs codecs = CodecsOf(job);
        Codec<TIn> input = codecs.For<TIn>();
        Codec<TOut> output = codecs.For<TOut>();
        Delegate work = job.Work!.Resolve();
        if (job.CreateWorker is null)
        {
            return new(link, job.MemoryLimit, input, output, WorkBinding.To<object?, TIn, TOut>(work, null, link.Token), null);
        }

        object resource = Invoke(job.CreateWorker.Resolve()) ?? throw WorkBinding.NoResource();
        Type type = work.GetType().GetGenericArguments()[0];
        var bound = (Func<TIn, TOut>)Make(nameof(Bind), [type, typeof(TIn), typeof(TOut)], work, resource, link.Token);
        return new(link, job.MemoryLimit, input, output, bound, resource);
    }

    private static StreamLoop<TIn, TOut> Stream<TIn, TOut>(Job job, ParentLink link)
    {
        Codecs codecs = CodecsOf(job);
        return new(link, codecs.For<TIn>(), job.Kind == JobKind.Transform ? codecs.For<TOut>() : null, job.Work!.Resolve());
    }

    private static Func<TIn, TOut> Bind<TWorker, TIn, TOut>(Delegate work, TWorker worker, CancellationToken token) =>
        WorkBinding.To<TWorker, TIn, TOut>(work, worker, token);

    private static Codecs CodecsOf(Job job) => new(Array.ConvertAll(job.Serializers, CodeReference.Find));

    // What is thrown is the code's own exception.
    private static object Make(string name, Type[] types, params object?[] arguments) => typeof(ReflectedWork).GetMethod(name, Ours)!
        .MakeGenericMethod(types).Invoke(null, BindingFlags.DoNotWrapExceptions, null, arguments, null)!;

    private static object? Invoke(Delegate create) =>
        create.Method.Invoke(create.Target, BindingFlags.DoNotWrapExceptions, null, null, null);
}
