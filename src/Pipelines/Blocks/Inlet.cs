using System.Threading.Channels;
using Pipelines.Channels;
using Pipelines.Execution;

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
        private readonly CancellationToken _stop;
        private readonly Ring<T> _link;
        private CancellationTokenRegistration _registration;
        private volatile bool _isClosed;

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
            _isClosed = true;
            Interlocked.MemoryBarrier(); // before the look at who sleeps; pairs with the announcement
            Wake(Wait.Outside);
        }

        protected override Wait Poll()
        {
            if (_registration == default)
            {
                _registration = _stop.UnsafeRegister(static island => ((InletIsland)island!).Close(), this);
            }

            if (!_isClosed)
            {
                return Wait.Outside;
            }

            _registration.Unregister();
            return Wait.None;
        }

        protected override bool MustWait(Wait wait) => !_isClosed;

        public override void WakeUp() => Close();

        public override void Abandon()
        {
        }
    }
}
