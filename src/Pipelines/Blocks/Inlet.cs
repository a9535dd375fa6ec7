using Pipelines.Channels;
using Pipelines.Execution;
using System.Threading.Channels;

namespace Pipelines;

/// <summary>The producer block whose items come from outside of the run, written by any number of tasks. Made for one run: it keeps the writer.</summary>
/// <remarks>
/// Open from the moment the run is planned, so that nobody has to wait for its start. Closed, for good, by whoever is first: <see cref="Close"/>,
/// a stop, an abort. From then on writes are refused, and those that wait for room are told so: no item can come into a run that has ended.
/// </remarks>
internal sealed class Inlet<T>(string name) : Blueprint<T>(BlockKind.Producer, name)
{
    private InletIsland? _island;

    /// <summary>Where the outside writes. There is one once the block is built.</summary>
    public ChannelWriter<T> Writer => _island!.Writer;

    /// <summary>How many items were ever taken in.</summary>
    public long Written => _island!.Link.Written;

    public override void Build(Plan plan, Stage<T> next)
    {
        Ring<T> link = LinkIsland<T>.InFrontOf(plan, next);
        BlockRun block = plan.Add(new WriterBlockRun(plan.Run, this, link), next.Block);
        plan.Add(_island = new InletIsland(block, link));
    }

    /// <summary>The end of the stream; calls after the first change nothing.</summary>
    public void Close() => _island!.Close();

    private sealed class InletIsland : Island
    {
        private readonly CancellationToken _stop;
        private CancellationTokenRegistration _registration;
        private volatile bool _isClosed;

        public InletIsland(BlockRun head, Ring<T> link)
            : base(head)
        {
            _stop = head.Run.StopToken;
            Link = link;
            Writer = new SharedWriter<T>(link, new ChannelEnd(), link.Gate);
        }

        public Ring<T> Link { get; }

        public ChannelWriter<T> Writer { get; }

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
