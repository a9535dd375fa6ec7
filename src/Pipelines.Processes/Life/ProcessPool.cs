using System.Collections.Concurrent;
using Pipelines.Execution;

namespace Pipelines.Processes;

/// <summary>A pool whose workers are processes.</summary>
internal sealed class ProcessPool<TIn, TOut>(Stage stage) : PoolDelegate<TIn, TOut>
{
    public override PoolDelegate<TIn, TOut> ForRun(BlockRun head)
    {
        WorkerProcess.RefuseInWorker();
        return new PoolRun(stage, head);
    }

    public override PoolWorker<TIn, TOut> CreateWorker(PoolIsland<TIn, TOut> pool, int longestRun) => throw new UnreachableException();

    // Refused where a section is built.
    public override Stage<TIn> CreateStage(BlockRun block, ISectionWorker worker, Stage<TOut> next) => throw new UnreachableException();

    private sealed class PoolRun : PoolDelegate<TIn, TOut>
    {
        private readonly Crashes _crashes = new();
        private readonly ConcurrentQueue<ChildWorker<TIn, TOut>> _workers = new();
        private readonly Stage _stage;

        public PoolRun(Stage stage, BlockRun head)
        {
            _stage = stage;
            head.WorkersElsewhere = () => [.. _workers.Select(worker => worker.Report())];
        }

        // Under the pool's gate.
        public override PoolWorker<TIn, TOut> CreateWorker(PoolIsland<TIn, TOut> pool, int longestRun)
        {
            var worker = new ChildWorker<TIn, TOut>(pool, longestRun, _stage, _crashes);
            _workers.Enqueue(worker);
            return worker;
        }

        public override Stage<TIn> CreateStage(BlockRun block, ISectionWorker worker, Stage<TOut> next) => throw new UnreachableException();
    }
}

/// <summary>On which items of a run workers have died, and how often: by their places, whichever worker it was.</summary>
internal sealed class Crashes
{
    private readonly ConcurrentDictionary<long, int> _attempts = new();

    // Behind each answer somebody asks, and the dictionary would take all of its locks to say that it is empty.
    private volatile bool _hasAny;

    /// <summary>Whether any worker has ever died.</summary>
    public bool HasAny => _hasAny;

    /// <summary>A worker has died on it. How often it was begun.</summary>
    public int On(long place)
    {
        _hasAny = true;
        return _attempts.AddOrUpdate(place, 1, static (_, before) => before + 1);
    }

    /// <summary>It has got through after all.</summary>
    public void Forget(long place)
    {
        if (_hasAny)
        {
            _attempts.TryRemove(place, out _);
        }
    }
}
