using System.Runtime.CompilerServices;
using Pipelines.Channels;
using Pipelines.Execution;

namespace Pipelines;

public static partial class PipelineOperators
{
    /// <summary>A transform block that gathers items into arrays of a size, and lets no item wait longer than an age.</summary>
    /// <remarks>
    /// <para><b>Order:</b> kept, within and between batches. <b>Backpressure:</b> a boundary; holds at most one batch besides its link.</para>
    /// <para><b>Age</b> counts from the batch's first item, and later items do not extend it. With <see cref="TimeSpan.Zero"/> a batch is what
    /// is there at the moment, up to the size: nothing is ever held back to fill it.</para>
    /// <para><b>Completion:</b> with the input; a last, smaller batch is flushed once, also when the run is stopped. When the run is aborted, its
    /// items count as undelivered. <c>In</c> counts items, <c>Out</c> batches.</para>
    /// <para><b>Cost:</b> a link, one array a batch, and one timer of <see cref="PipelineOptions.TimeProvider"/> for the whole run.</para>
    /// </remarks>
    /// <param name="pipeline">The pipeline.</param>
    /// <param name="size">Items a batch at most, 1 or more.</param>
    /// <param name="maxAge">How long the first item of a batch waits at most, zero or more.</param>
    /// <param name="options">Settings of the block; null for the defaults.</param>
    /// <typeparam name="T">What the pipeline yields.</typeparam>
    /// <returns>The pipeline with the block behind it.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="size"/> is below 1, or <paramref name="maxAge"/> negative.</exception>
    /// <exception cref="ArgumentException">A setting means nothing for this block.</exception>
    public static Pipeline<T[]> Batch<T>(this Pipeline<T> pipeline, int size, TimeSpan maxAge, BlockOptions? options = null) =>
        new(new BatchWithin<T>(
            Require.NotNull(pipeline).Block, Require.Size(size), null, Require.Age(maxAge), options.Checked(Means.Capacity), $"Batch({size}, {maxAge})"));

    /// <summary>A transform block that gathers items into arrays up to a weight, and, if an age is given, lets no item wait longer than that.</summary>
    /// <remarks>
    /// <para>A batch goes out when the next item would make it too heavy, or when it is exactly full. An item heavier than the limit travels alone.</para>
    /// <para><b>Order, Backpressure, Age, Completion, Cost:</b> as the batch by size and age. <b>Failure:</b> an exception of
    /// <paramref name="weigh"/>, or a negative weight, ends the run or, by <see cref="BlockOptions.OnError"/>, leaves the item out.</para>
    /// </remarks>
    /// <param name="pipeline">The pipeline.</param>
    /// <param name="maxWeight">The weight of a batch at most, 1 or more, in the units of <paramref name="weigh"/>.</param>
    /// <param name="weigh">The weight of an item, 0 or more. Called once an item.</param>
    /// <param name="maxAge">How long the first item of a batch waits at most, zero or more; null for as long as it takes.</param>
    /// <param name="options">Settings of the block; null for the defaults.</param>
    /// <param name="expression">Filled in by the compiler; the block's name.</param>
    /// <typeparam name="T">What the pipeline yields.</typeparam>
    /// <returns>The pipeline with the block behind it.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maxWeight"/> is below 1, or <paramref name="maxAge"/> negative.</exception>
    /// <exception cref="ArgumentException">A setting means nothing for this block.</exception>
    /// <exception cref="ArgumentNullException"><paramref name="weigh"/> is null.</exception>
    public static Pipeline<T[]> Batch<T>(
        this Pipeline<T> pipeline,
        long maxWeight,
        Func<T, long> weigh,
        TimeSpan? maxAge = null,
        BlockOptions? options = null,
        [CallerArgumentExpression(nameof(weigh))] string expression = "")
    {
        Require.NotNull(pipeline);
        Require.NotNull(weigh);
        TimeSpan age = maxAge is { } given ? Require.Age(given, nameof(maxAge)) : Timeout.InfiniteTimeSpan;
        return new(new BatchWithin<T>(
            pipeline.Block, Require.Weight(maxWeight), weigh, age, options.Checked(Means.OnError | Means.Capacity), $"Batch({maxWeight}, {expression})"));
    }
}

/// <summary>A batch by size is a batch by weight in which every item weighs 1.</summary>
internal sealed class BatchWithin<T>(Blueprint<T> upstream, long maxWeight, Func<T, long>? weigh, TimeSpan maxAge, BlockOptions? options, string name)
    : Blueprint<T[]>(BlockKind.Transform, name, options)
{
    public override bool MakesContainers => true;

    public override bool CountsApart => true;

    public override void Build(Plan plan, Stage<T[]> next)
    {
        BlockRun block = plan.Add(this, next.Block, countsOut: true);
        Ring<T> link = plan.Link<T>(block);
        if (weigh is null)
        {
            block.Holds = maxWeight - 1;
        }
        else
        {
            block.HoldsUnknown = true; // items may weigh nothing
        }

        var leftOut = new LeftOut(block);
        Stage<T[]> chain = new LeavingOutStage<T[]>(block, leftOut, next);
        var island = new BatchingIsland(block, link, maxWeight, weigh, maxAge, leftOut, chain);
        link.Reader = island;
        chain.Attach(island);
        plan.Add(island);
        upstream.Build(plan, new LinkWriter<T>(block, link));
    }

    /// <summary>
    /// The batch belongs to the island's loop alone. The timer does no more than wake that loop, which looks at the clock itself: a tick that
    /// comes late, or for a batch that has gone, finds nothing to do. So no batch can go out twice, and none is forgotten. While items come, the clock is
    /// looked at when the timer
    /// has rung and once in <see cref="LookEvery"/> items, for a timer that is late; a timer that is set stays set, whichever batch it was set for.
    /// </summary>
    private sealed class BatchingIsland(
        BlockRun head, Ring<T> link, long maxWeight, Func<T, long>? weigh, TimeSpan maxAge, LeftOut leftOut, Stage<T[]> chain)
        : ChainIsland<T[]>(head, chain)
    {
        private const int LookEvery = 64;

        // A size may be a way to say "all": the array grows up to it only as far as items come.
        private T[] _batch = [];
        private int _count;
        private long _weight;
        private long _begun;
        private ITimer? _timer;
        private bool _timerIsSet;
        private int _untilLook = LookEvery;

        // An item that was weighed and found too heavy for the batch in front of it.
        private bool _hasWaiting;
        private T _waiting = default!;
        private long _waitingWeight;

        // Set by the timer. It and the timestamps go by different clocks, so it may ring a little before the batch is due.
        private volatile bool _hasRung;

        protected override bool IsStarved => !link.HasItems && !link.IsClosed && !IsDue && !_hasRung;

        private bool IsDue => _count > 0 && maxAge >= TimeSpan.Zero && Age >= maxAge;

        private TimeSpan Age => Run.Edge.Elapsed(Run.Now - _begun);

        protected override Wait Open()
        {
            if (maxAge > TimeSpan.Zero)
            {
                _timer = Run.Edge.CreateTimer(static island => ((BatchingIsland)island!).Ring(), this);
            }

            return Wait.None;
        }

        protected override Wait Feed()
        {
            for (int left = TurnLength; left > 0; left--)
            {
                if (Run.IsAborting || leftOut.IsWaiting)
                {
                    return Wait.Room;
                }

                if (_timer is not null && (_hasRung || --_untilLook <= 0) && IsAged())
                {
                    if (!Flush())
                    {
                        return Wait.Room;
                    }
                }
                else if (_hasWaiting || TryTake())
                {
                    if (_count > 0 && _waitingWeight > maxWeight - _weight)
                    {
                        if (!Flush())
                        {
                            return Wait.Room;
                        }

                        continue;
                    }

                    Add();
                    if (_weight >= maxWeight && !Flush())
                    {
                        return Wait.Room;
                    }
                }
                else if (link.IsDrained || maxAge == TimeSpan.Zero)
                {
                    // The end, or natural batching: nothing more is there, so what is here goes.
                    if (_count > 0 && !Flush())
                    {
                        return Wait.Room;
                    }

                    if (link.IsDrained)
                    {
                        return Wait.None;
                    }

                    if (!link.HasItems)
                    {
                        return Wait.Input;
                    }
                }
                else if (!_hasRung)
                {
                    return Wait.Input;
                }
            }

            return Wait.Turn;
        }

        // Whether the batch has come to its age. If the timer has rung before that, it is set again for the rest.
        private bool IsAged()
        {
            _untilLook = LookEvery;
            if (_hasRung)
            {
                _hasRung = false;
                _timerIsSet = false;
            }

            if (IsDue)
            {
                return true;
            }

            if (_count > 0)
            {
                SetTimer();
            }

            return false;
        }

        private bool TryTake()
        {
            if (!link.TryRead(out T? item))
            {
                return false;
            }

            _waiting = item;
            _hasWaiting = true;
            _waitingWeight = 1;
            if (weigh is not null)
            {
                try
                {
                    _waitingWeight = weigh(item);
                    ArgumentOutOfRangeException.ThrowIfNegative(_waitingWeight, nameof(weigh));
                }
                catch (Exception error)
                {
                    _hasWaiting = false;
                    _waiting = default!;
                    leftOut.Caught(item, error);
                    return false;
                }
            }

            return true;
        }

        private void Add()
        {
            if (_count == 0)
            {
                _begun = Run.Now;
                SetTimer();
            }

            if (_count == _batch.Length)
            {
                Array.Resize(ref _batch, (int)Math.Min(weigh is null ? maxWeight : Array.MaxLength, Math.Max(weigh is null && maxWeight <= 1024 ? maxWeight : 16, 2L * _count)));
            }

            _batch[_count++] = _waiting;
            _weight += _waitingWeight;
            _hasWaiting = false;
            _waiting = default!;
        }

        private void Ring()
        {
            _hasRung = true;
            Wake(Wait.Input);
        }

        // To what is left of the batch's time, upwards: a timer leaves fractions of a millisecond out.
        private void SetTimer()
        {
            if (_timer is not null && !_timerIsSet)
            {
                _timerIsSet = true;
                double left = (maxAge - Age).TotalMilliseconds;
                _timer.Change(TimeSpan.FromMilliseconds(Math.Clamp(Math.Ceiling(left), 0, uint.MaxValue - 1)), Timeout.InfiniteTimeSpan);
            }
        }

        private bool Flush()
        {
            T[] batch = _batch;
            Array.Resize(ref batch, _count); // the same array, if it is full
            (_batch, _count, _weight) = ([], 0, 0);
            Head.Counted++;
            return Chain.Push(batch);
        }

        protected override Wait Leave()
        {
            link.LeaveReader();
            _timer?.Dispose();
            return Wait.None;
        }

        public override void Abandon()
        {
            for (int i = 0; i < _count; i++)
            {
                Head.Undeliver(_batch[i]);
            }

            if (_hasWaiting)
            {
                Head.Undeliver(_waiting);
            }

            Head.AbandonLink(link);
            Chain.Abandon();
        }
    }
}
