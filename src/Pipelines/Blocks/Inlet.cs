using Pipelines.Channels;
using Pipelines.Execution;
using System.Threading.Channels;

namespace Pipelines;

/// <summary>The producer block whose items come from outside of the run, written by any number of tasks.</summary>
/// <remarks>
/// Open from the moment the run is planned, so that nobody has to wait for its start. Closed, for good, by whoever is first: <see cref="InletIsland.Close"/>,
/// a stop, an abort. From then on writes are refused, and those that wait for room are told so: no item can come into a run that has ended.
/// </remarks>
internal sealed class Inlet<T>(string name) : Blueprint<T>(BlockKind.Producer, name)
{
    public override void Build(Plan plan, Stage<T> next)
    {
        Ring<T> link = LinkIsland<T>.InFrontOf(plan, next);
        BlockRun block = plan.Add(new WriterBlockRun(plan.Run, this, link), next.Block);
        var island = new InletIsland(block, link);
        plan.Add(island);
        plan.Expose(this, island);
    }

    /// <summary>Where the outside writes to a run.</summary>
    public InletIsland Of(PipelineRun run) => run.Handle<InletIsland>(this)!;

    internal sealed class InletIsland : Island
    {
        // Asynchronous: whoever closes is outside of the run and must not execute what follows in it.
        private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly CancellationToken _stop;
        private readonly Ring<T> _link;

        public InletIsland(BlockRun head, Ring<T> link)
            : base(head)
        {
            _stop = head.Run.StopToken;
            _link = link;
            Writer = new SharedWriter<T>(link, new ChannelEnd(), link.Gate);
        }

        public ChannelWriter<T> Writer { get; }

        /// <summary>How many items were ever taken in.</summary>
        public long Written => _link.Written;

        /// <summary>The end of the stream; calls after the first change nothing.</summary>
        public void Close()
        {
            Writer.TryComplete();
            _closed.TrySetResult();
        }

        protected override async Task LoopAsync()
        {
            CancellationTokenRegistration stop = _stop.UnsafeRegister(static island => ((InletIsland)island!).Close(), this);
            await _closed.Task;
            stop.Unregister();
        }

        public override void Wake() => Close();

        public override void Abandon()
        {
        }
    }
}
