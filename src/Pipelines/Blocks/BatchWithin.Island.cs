using Pipelines.Channels;
using Pipelines.Execution;

namespace Pipelines;

// The part that runs.
internal sealed partial class BatchWithin<T>
{
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
                long most = weigh is null ? maxWeight : Array.MaxLength;
                long least = weigh is null && maxWeight <= 1024 ? maxWeight : 16;
                Array.Resize(ref _batch, (int)Math.Min(most, Math.Max(least, 2L * _count)));
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
