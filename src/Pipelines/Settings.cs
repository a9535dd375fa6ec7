using System.Runtime.CompilerServices;

namespace Pipelines;

/// <summary>Refuses settings that a block would take and ignore.</summary>
internal static class Settings
{
    /// <exception cref="ArgumentException">One of the settings means nothing for the block.</exception>
    public static BlockOptions? Checked(this BlockOptions? options, Means means, [CallerMemberName] string block = "")
    {
        if (options is null)
        {
            return null;
        }

        if (options.Capacity is not null && block == nameof(Pipeline<>.Buffer))
        {
            throw new ArgumentException("Capacity is Buffer's own first argument, and an option of it means nothing.", nameof(options));
        }

        string? refusal =
            options is { AdaptiveParallelism: not null, Parallelism: not 1 }
                ? $"Parallelism = {options.Parallelism} means nothing together with AdaptiveParallelism, which finds the parallelism: leave one of them out."
            : options.AdaptiveParallelism is not null && !means.HasFlag(Means.Adaptive)
                ? means.HasFlag(Means.Parallelism)
                    ? $"AdaptiveParallelism means nothing for {block}: how long a sequence takes says how long it is. Give a Parallelism."
                    : $"AdaptiveParallelism means nothing for {block}, which takes one item after the other. Do what takes long in a Select with that in " +
                        "front of it."
            : options.AdaptiveParallelism is not null && !options.Workers.AreThreads
                ? $"AdaptiveParallelism means nothing for {block} with Workers = {options.Workers.GetType().Name}, which are started and kept: give a " +
                    "Parallelism."
            : options.Parallelism > 1 && !means.HasFlag(Means.Parallelism)
                ? $"Parallelism = {options.Parallelism} means nothing for {block}, which takes one item after the other. Do what takes long in a Select " +
                    "with that parallelism in front of it."
            : options.Threads != WorkerThreads.Shared && !means.HasFlag(Means.Threads)
                ? $"Threads = {options.Threads} means nothing for {block}, which has no workers. Do what blocks in a Select with such threads in front of it."
            : options.Timeout is not null && !means.HasFlag(Means.Timeout) && options.Workers.AreThreads
                ? $"Timeout means nothing for {block}: it limits what an awaited delegate may take for one item, and tells it by its token. SelectAsync, " +
                    "WhereAsync and ForEachAsync have that."
            : options.Capacity is not null && !means.HasFlag(Means.Capacity)
                ? $"Capacity means nothing for {block}, which has no link of its own in front of it. Put Buffer(capacity) there."
            : options.OnError is not null && means == Means.Section
                ? $"OnError means nothing for {block} itself: give it to the blocks in the section, or to the run."
            : options.OnError is not null && !means.HasFlag(Means.OnError)
                ? $"OnError means nothing for {block}, which calls no code on an item that could fail. Leave it out."
            : !options.Workers.AreThreads && !means.HasFlag(Means.Workers)
                ? $"Workers = {options.Workers.GetType().Name} means nothing for {block}, whose code runs in this process. Select, SelectAsync, Consume and " +
                    "Transform have that."
            : null;
        return refusal is null ? options : throw new ArgumentException(refusal, nameof(options));
    }

    /// <exception cref="ArgumentException">One of the settings means nothing for the producer.</exception>
    public static BlockOptions? Checked(this ProducerOptions? options, Means means, bool isPushed = false, [CallerMemberName] string block = "")
    {
        if (options is null)
        {
            return null;
        }

        string? refusal =
            options.Capacity is not null && !means.HasFlag(Means.Capacity)
                ? $"Capacity means nothing for {block}: it is asked for the next item when there is room for it, and nothing waits in it. Put " +
                    "Buffer(capacity) behind it."
            : options.WhenFull != ObservableOverflow.Fail && !isPushed
                ? $"WhenFull means nothing for {block}: only an observable cannot be made to wait. Put Buffer(capacity, mode) behind it to drop items."
            : null;
        return refusal is null ? new BlockOptions { Name = options.Name, Capacity = options.Capacity } : throw new ArgumentException(refusal, nameof(options));
    }

    /// <summary>For a block that calls no code on items: what it throws is about where they go, and ends the run, whatever the run's policy says.</summary>
    public static BlockOptions Strict(BlockOptions? options) => options is null ? s_strict : options with { OnError = ErrorPolicy.Stop };

    private static readonly BlockOptions s_strict = new() { OnError = ErrorPolicy.Stop };
}
