using System.Runtime.CompilerServices;
using Pipelines.Channels;
using Pipelines.Execution;

namespace Pipelines;

public sealed partial class Pipeline<T>
{
    /// <summary>A transform block that spreads items over lanes by key: lanes run in parallel, items of one key stay in order.</summary>
    /// <remarks>
    /// <para><b>Order:</b> items of one key take the same lane and leave it in the lane's order; between keys there is none.</para>
    /// <para><b>Backpressure:</b> each lane has a bounded link; a slow lane holds back only its own keys until that link is full, then everybody.</para>
    /// <para><b>Completion:</b> when all lanes have ended. <b>Failure:</b> of any lane fails the run; an exception of the key does, or, by
    /// <see cref="BlockOptions.OnError"/>, leaves the item out.</para>
    /// <para><b>Cost:</b> two links an item. A null key is a key like any other.</para>
    /// </remarks>
    /// <param name="key">The key of an item.</param>
    /// <param name="lanes">How many lanes, 1 or more. The number is fixed: keys share lanes.</param>
    /// <param name="lane">Builds one lane: gets its input and returns it with more blocks. Called once a lane.</param>
    /// <param name="options">Settings of the block; null for the defaults.</param>
    /// <param name="expression">Filled in by the compiler; the block's name.</param>
    /// <typeparam name="TKey">The key.</typeparam>
    /// <typeparam name="TResult">What the lanes yield.</typeparam>
    /// <returns>The pipeline with the block behind it: the lanes' outputs, merged.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="key"/> or <paramref name="lane"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="lanes"/> is below 1.</exception>
    /// <exception cref="ArgumentException">A lane does not begin with its argument, or a setting means nothing for this block.</exception>
    /// <exception cref="InvalidOperationException"><paramref name="lane"/> returned null.</exception>
    [OverloadResolutionPriority(1)] // new() { Name = "by customer" } is no comparer
    public Pipeline<TResult> Partition<TKey, TResult>(
        Func<T, TKey> key,
        int lanes,
        Func<Pipeline<T>, Pipeline<TResult>> lane,
        BlockOptions? options = null,
        [CallerArgumentExpression(nameof(key))] string expression = "") =>
        Partition(key, lanes, lane, comparer: null, options, expression);

    /// <summary>A transform block that spreads items over lanes by key, as a comparer has it: lanes run in parallel, items of one key stay in order.</summary>
    /// <remarks>As the other <c>Partition</c>.</remarks>
    /// <param name="key">The key of an item.</param>
    /// <param name="lanes">How many lanes, 1 or more. The number is fixed: keys share lanes.</param>
    /// <param name="lane">Builds one lane: gets its input and returns it with more blocks. Called once a lane.</param>
    /// <param name="comparer">How keys compare; null for the default.</param>
    /// <param name="options">Settings of the block; null for the defaults.</param>
    /// <param name="expression">Filled in by the compiler; the block's name.</param>
    /// <typeparam name="TKey">The key.</typeparam>
    /// <typeparam name="TResult">What the lanes yield.</typeparam>
    /// <returns>The pipeline with the block behind it: the lanes' outputs, merged.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="key"/> or <paramref name="lane"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="lanes"/> is below 1.</exception>
    /// <exception cref="ArgumentException">A lane does not begin with its argument, or a setting means nothing for this block.</exception>
    /// <exception cref="InvalidOperationException"><paramref name="lane"/> returned null.</exception>
    public Pipeline<TResult> Partition<TKey, TResult>(
        Func<T, TKey> key,
        int lanes,
        Func<Pipeline<T>, Pipeline<TResult>> lane,
        IEqualityComparer<TKey>? comparer,
        BlockOptions? options = null,
        [CallerArgumentExpression(nameof(key))] string expression = "")
    {
        Require.NotNull(key);
        Require.NotNull(lane);
        options = options.Checked(Means.OnError);
        string name = options?.Name ?? expression;
        var heads = new BranchHead<T>[Require.Lanes(lanes)];
        var outputs = new Blueprint<TResult>[lanes];
        for (int i = 0; i < lanes; i++)
        {
            heads[i] = new BranchHead<T>(name);
            outputs[i] = Returned.NotNull(lane(new Pipeline<T>(heads[i])), name, "a pipeline").Block;
        }

        try
        {
            Rehearsal.Of(plan => Partition<T, TKey, TResult>.Rehearse(plan, heads, outputs));
        }
        catch (InvalidOperationException error)
        {
            throw new ArgumentException(error.Message, nameof(lane), error);
        }

        return new(new Partition<T, TKey, TResult>(Block, key, comparer ?? EqualityComparer<TKey>.Default, heads, outputs, options, expression));
    }
}

internal sealed class Partition<T, TKey, U>(
    Blueprint<T> upstream, Func<T, TKey> key, IEqualityComparer<TKey> comparer, BranchHead<T>[] heads, Blueprint<U>[] outputs, BlockOptions? options,
    string name)
    : Blueprint<U>(BlockKind.Transform, name, options)
{
    public override bool PassesItems => true;

    public override void Build(Plan plan, Stage<U> next)
    {
        var merge = plan.Add(new MergeBlockRun(plan.Run, new Merge<U>(outputs)), next.Block);
        Ring<U>[] results = MergeIsland<U>.Add(plan, merge, outputs.Length, next);
        var block = new BlockRun(plan.Run, this);
        var writers = new LinkWriter<T>[heads.Length];
        for (int i = heads.Length - 1; i >= 0; i--)
        {
            outputs[i].Build(plan, new LinkWriter<U>(merge, results[i]));
            writers[i] = BranchOutlet.Connect(plan, block, BeginningOf(plan, heads[i]));
        }

        plan.Add(block, downstream: null);
        upstream.Build(plan, LenientStage<T>.Around(new Stage(block, key, comparer, writers)));
    }

    /// <summary>Builds the lanes, and nothing of what is in front of them and behind.</summary>
    public static void Rehearse(Plan plan, BranchHead<T>[] heads, Blueprint<U>[] outputs)
    {
        for (int i = 0; i < heads.Length; i++)
        {
            Rehearsal.Build(plan, outputs[i]);
            BeginningOf(plan, heads[i]);
        }
    }

    private static Stage<T> BeginningOf(Plan plan, BranchHead<T> head) => plan.Bound(head) as Stage<T>
        ?? throw new InvalidOperationException("The lane function must return a pipeline that begins with its argument; this one has a source of its own.");

    private sealed class Stage : LastDelegateStage<T>
    {
        private readonly Func<T, TKey> _key;
        private readonly IEqualityComparer<TKey> _comparer;
        private readonly LinkWriter<T>[] _lanes;

        public Stage(BlockRun block, Func<T, TKey> key, IEqualityComparer<TKey> comparer, LinkWriter<T>[] lanes)
            : base(block)
        {
            _key = key;
            _comparer = comparer;
            _lanes = lanes;
        }

        public override bool Push(T item)
        {
            Enter(item);
            TKey key = _key(item);
            int hash = key is null ? 0 : _comparer.GetHashCode(key);
            Exit();

            LinkWriter<T> lane = _lanes[LaneOf(hash)];
            if (lane.Check() == Readiness.Finished)
            {
                Block.UndeliverNow(item); // the lane has ended early
                return false; // as perhaps all have: somebody must look
            }

            return lane.Push(item);
        }

        // Many hashes are the keys themselves. So that as many keys in a row as there are lanes take a lane each, the lane is the remainder; and so that keys
        // in steps (0, 8, 16 … over eight lanes) do not all take one, it is turned on by the quotient, mixed: Fibonacci hashing (Knuth, vol. 3, 6.4).
        private int LaneOf(int hash)
        {
            (uint quotient, uint remainder) = Math.DivRem((uint)hash, (uint)_lanes.Length);
            uint turn = (uint)(((ulong)(quotient * 2654435769u) * (uint)_lanes.Length) >> 32);
            return (int)((remainder + (ulong)turn) % (uint)_lanes.Length);
        }

        public override bool CompleteBehind(BlockRun failed) => Complete();

        // Full when one is full: the next item may be for that one.
        public override Readiness Check()
        {
            int finished = 0;
            foreach (LinkWriter<T> lane in _lanes)
            {
                switch (lane.Check())
                {
                    case Readiness.Full:
                        return Readiness.Full;
                    case Readiness.Finished:
                        finished++;
                        break;
                }
            }

            return finished == _lanes.Length ? Readiness.Finished : Readiness.Ready;
        }

        public override bool Complete()
        {
            foreach (LinkWriter<T> lane in _lanes)
            {
                lane.Complete();
            }

            return true;
        }

        public override void Attach(Island island)
        {
            island.Adopt(Block);
            foreach (LinkWriter<T> lane in _lanes)
            {
                lane.Attach(island);
            }
        }
    }
}
