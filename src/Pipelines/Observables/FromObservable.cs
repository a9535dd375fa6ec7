using System.Runtime.CompilerServices;
using Pipelines.Channels;
using Pipelines.Execution;

namespace Pipelines;

public sealed partial class Pipeline
{
    /// <summary>A producer block that yields what an observable pushes.</summary>
    /// <remarks>
    /// <para><b>Order:</b> as pushed. <b>Backpressure:</b> none upstream, since an observable cannot wait: up to <see cref="ProducerOptions.Capacity"/> items
    /// wait in the block, and <see cref="ProducerOptions.WhenFull"/> says what happens to more.</para>
    /// <para><b>Completion:</b> when the observable has completed and what it had pushed has gone on. A stop ends the subscription and lets what waits go on.
    /// Each run subscribes anew, on its own scheduler, not on the caller's thread.</para>
    /// <para><b>Failure:</b> the observable's error fails the run, behind what it had pushed before; <c>OnError(null)</c> fails it with
    /// <see cref="ArgumentNullException"/>. <b>Cost:</b> a short lock an item; fused with the blocks behind it.</para>
    /// </remarks>
    /// <param name="source">Subscribed to by each run.</param>
    /// <param name="options">Settings of the block; null for the defaults.</param>
    /// <param name="expression">Filled in by the compiler; the block's name.</param>
    /// <typeparam name="T">What the observable pushes.</typeparam>
    /// <returns>An open pipeline.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="source"/> is null.</exception>
    public static Pipeline<T> From<T>(
        IObservable<T> source, ProducerOptions? options = null, [CallerArgumentExpression(nameof(source))] string expression = "") =>
        new(new FromObservable<T>(
            Require.NotNull(source), options?.WhenFull ?? ObservableOverflow.Fail, options.Checked(Means.Capacity, isPushed: true), expression));
}

internal sealed class FromObservable<T>(IObservable<T> source, ObservableOverflow whenFull, BlockOptions? options, string name)
    : Blueprint<T>(BlockKind.Producer, name, options)
{
    public override void Build(Plan plan, Stage<T> next)
    {
        var pushed = new PushedItems<T>(Options.Capacity ?? plan.Options.Capacity, whenFull);
        BlockRun block = plan.Add(new BlockRun(plan.Run, this) { CountsOut = true, Link = pushed }, next.Block);
        var island = new SubscribingIsland(block, source, pushed, next);
        pushed.Reader = island;
        next.Attach(island);
        plan.Add(island);
    }

    private sealed class SubscribingIsland(BlockRun head, IObservable<T> source, PushedItems<T> items, Stage<T> chain)
        : ChainIsland<T>(head, chain), IObserver<T>
    {
        private readonly CancellationToken _stop = head.Run.StopToken;
        private CancellationTokenRegistration _registration;

        // Set once, by whoever comes second of the two: the subscription that there is now, or the end that wants none any more.
        private object? _subscription;

        private static readonly object s_over = new();

        // The observable's Subscribe, or its subscription's Dispose, was called and has not returned. Both may go on beside the island, and behind its end.
        private int _calls;

        public override bool IsInCode => Volatile.Read(ref _calls) > 0 || base.IsInCode;

        // An activity of its own: an observable may push everything from within Subscribe, while the island takes it.
        protected override Wait Open()
        {
            _registration = _stop.UnsafeRegister(static island => ((SubscribingIsland)island!).Close(), this);
            if (Run.TryAddActivity())
            {
                Run.Schedule(new Subscribing(this));
            }

            return Wait.None;
        }

        protected override bool IsStarved => !items.HasItems && !items.IsClosed;

        protected override Wait Feed()
        {
            for (int left = TurnLength; !Run.IsPaused && items.TryTake(out T? item); left--)
            {
                Head.Counted++;
                if (left == 0)
                {
                    return Chain.Push(item) ? Wait.Turn : Wait.Room;
                }

                if (!Chain.Push(item) || Run.IsAborting)
                {
                    return Wait.Room;
                }
            }

            if (Run.IsPaused)
            {
                return Wait.Resume;
            }

            if (!items.IsClosed || items.HasItems)
            {
                return Wait.Input;
            }

            items.ThrowIfFailed(); // behind the last item
            return Wait.None;
        }

        protected override Wait Leave()
        {
            _registration.Unregister();
            Close();
            return Wait.None;
        }

        public override void Abandon()
        {
            while (items.TryTakeLeftOver(out T? item))
            {
                Head.Undeliver(item);
            }

            Chain.Abandon();
        }

        public void OnNext(T value)
        {
            switch (items.Put(value, out T? dropped))
            {
                case PushedItems<T>.Outcome.Dropped:
                    Head.Drop(dropped!);
                    break;
                case PushedItems<T>.Outcome.TooMany:
                    Close();
                    break;
            }
        }

        // Without an exception it is an error all the same, and no good end.
        public void OnError(Exception error) => items.Close(
            error ?? new ArgumentNullException(
                nameof(error), "The observable has called OnError without an exception: it broke its contract, and what it has failed with is not known."));

        public void OnCompleted() => items.Close(null);

        private void Subscribe()
        {
            Interlocked.Increment(ref _calls);
            try
            {
                if (Volatile.Read(ref _subscription) is null)
                {
                    IDisposable? subscription = source.Subscribe(this);
                    if (Interlocked.CompareExchange(ref _subscription, subscription, null) is not null && subscription is not null)
                    {
                        End(subscription);
                    }
                }
            }
            catch (Exception error)
            {
                items.Close(error);
            }

            Interlocked.Decrement(ref _calls);
        }

        // No more items. May come from any thread, and more than once.
        private void Close()
        {
            items.Close(null);
            if (Interlocked.Exchange(ref _subscription, s_over) is IDisposable subscription)
            {
                End(subscription);
            }
        }

        private void End(IDisposable subscription)
        {
            Interlocked.Increment(ref _calls);
            try
            {
                subscription.Dispose();
            }
            catch (Exception error)
            {
                Head.SourceEnded(error, IsUnwanted);
            }

            Interlocked.Decrement(ref _calls);
        }

        private sealed class Subscribing(SubscribingIsland island) : IThreadPoolWorkItem
        {
            public void Execute()
            {
                island.Run.InContext(island.Subscribe);
                island.Run.ActivityEnded();
            }
        }
    }
}
