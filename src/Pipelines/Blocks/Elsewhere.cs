using System.Runtime.CompilerServices;
using Pipelines.Execution;

namespace Pipelines;

public sealed partial class Pipeline<T>
{
    // The block, if its options say that others than threads of this process work on its items; else null. By the delegate as the user gave it: whatever we
    // would wrap around it could not be sent.
    private Pipeline<TResult>? Elsewhere<TResult>(
        Delegate work, Delegate? createWorker, BlockOptions? options, string expression, [CallerMemberName] string block = "")
    {
        options.Checked(Means.All | Means.Workers, block);
        if (options is null || options.Workers.AreThreads)
        {
            return null;
        }

        BlockOptions settings = Far(options);
        PoolDelegate<T, TResult> pool = options.Workers.Map<T, TResult>((work, createWorker), settings, settings.Name ?? expression);
        return new(new PooledSelect<T, TResult>(Block, pool, settings, expression));
    }

    private static BlockOptions Far(BlockOptions options) => options with { Capacity = options.Capacity ?? options.Workers.DefaultCapacity };
}
