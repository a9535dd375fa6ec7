using System.Runtime.CompilerServices;
using Pipelines.Execution;

namespace Pipelines;

public sealed partial class Pipeline<T>
{
    /// <summary>Runs the pipeline and folds its items, by several workers with a state each, which are combined in the end.</summary>
    /// <remarks>
    /// <para><b>Order:</b> none: a worker takes items as they come, and states are combined in any order. So <paramref name="combine"/> must not mind which
    /// part comes first. Directly behind <see cref="Parallel{TResult}"/> this is the end of the section: each of its workers folds what it has made, and
    /// nothing is passed on; otherwise there are as many workers as the <see cref="BlockOptions.Parallelism"/> says, and with one of them it is done in order,
    /// in the loop of its neighbours.</para>
    /// <para><b>Backpressure:</b> up to <see cref="BlockOptions.Capacity"/> items wait in front of the workers. <b>Failure:</b> as <see
    /// cref="Pipeline.RunAsync(CancellationToken)"/>; an exception of <paramref name="update"/> is its item's, by <see cref="BlockOptions.OnError"/>, and
    /// leaves the state as the delegate has left it. <b>Cost:</b> memory for a state a worker; 0 bytes an item, and no lock.</para>
    /// </remarks>
    /// <param name="createState">Makes the state of one worker, when its first item comes; of none, if there is no item at all.</param>
    /// <param name="update">Puts an item into a state, and returns it, or another. One thread at a time for each state.</param>
    /// <param name="combine">Puts two states together. Called when all items are done.</param>
    /// <param name="finish">Makes the result out of the last state.</param>
    /// <param name="options">Settings of the block; null for the defaults.</param>
    /// <param name="runOptions">Settings of the run; null for the defaults.</param>
    /// <param name="cancellationToken">Cancels the run.</param>
    /// <typeparam name="TState">The state.</typeparam>
    /// <typeparam name="TResult">The result.</typeparam>
    /// <returns>The result.</returns>
    /// <exception cref="ArgumentNullException">A delegate is null.</exception>
    /// <exception cref="ArgumentException">A setting means nothing for this block.</exception>
    public Task<TResult> AggregateAsync<TState, TResult>(
        Func<TState> createState,
        Func<TState, T, TState> update,
        Func<TState, TState, TState> combine,
        Func<TState, TResult> finish,
        BlockOptions? options = null,
        PipelineOptions? runOptions = null,
        CancellationToken cancellationToken = default)
    {
        Require.NotNull(finish);
        var aggregate = Parts(createState, update, combine, options.Checked(Means.Pool), nameof(AggregateAsync));
        return aggregate.ResultAsync(finish, runOptions, cancellationToken);
    }

    /// <summary>A consumer block that folds the items by several workers with a state each, as <see cref="AggregateAsync{TState, TResult}"/> does, and gives
    /// away what they have come to. It closes the pipeline, so that its run can be watched, stopped and drawn.</summary>
    /// <remarks>
    /// <para><b>Order, Backpressure, Failure, Cost:</b> as there. <b>Completion:</b> <paramref name="finish"/> is called once, when everything has stopped, if
    /// the run has come to its end or was stopped and has drained: what it throws fails the run. Of a run that was aborted or has failed it hears
    /// nothing.</para>
    /// </remarks>
    /// <param name="createState">Makes the state of one worker.</param>
    /// <param name="update">Puts an item into a state, and returns it, or another.</param>
    /// <param name="combine">Puts two states together.</param>
    /// <param name="finish">Gets the last state.</param>
    /// <param name="options">Settings of the block; null for the defaults.</param>
    /// <param name="expression">Filled in by the compiler; the block's name.</param>
    /// <typeparam name="TState">The state.</typeparam>
    /// <returns>A closed pipeline, ready to run.</returns>
    /// <exception cref="ArgumentNullException">A delegate is null.</exception>
    /// <exception cref="ArgumentException">A setting means nothing for this block.</exception>
    public Pipeline Aggregate<TState>(
        Func<TState> createState,
        Func<TState, T, TState> update,
        Func<TState, TState, TState> combine,
        Action<TState> finish,
        BlockOptions? options = null,
        [CallerArgumentExpression(nameof(update))] string expression = "")
    {
        Require.NotNull(finish);
        return new(Parts(createState, update, combine, options.Checked(Means.Pool), expression, finish));
    }

    private AggregateInParts<T, TState> Parts<TState>(
        Func<TState> createState,
        Func<TState, T, TState> update,
        Func<TState, TState, TState> combine,
        BlockOptions? options,
        string name,
        Action<TState>? finish = null) =>
        new(Block, Require.NotNull(createState), Require.NotNull(update), Require.NotNull(combine), finish, options, name);
}

internal sealed class AggregateInParts<T, TState>(
    Blueprint<T> upstream,
    Func<TState> createState,
    Func<TState, T, TState> update,
    Func<TState, TState, TState> combine,
    Action<TState>? finish,
    BlockOptions? options,
    string name)
    : ConsumerBlueprint(name, options)
{
    // In a section it is the end of it.
    public override bool IsStateless => true;

    public override void Build(Plan plan)
    {
        var parts = new List<Stage>();
        if (finish is null)
        {
            plan.Expose(this, parts);
        }
        else
        {
            plan.Add(new End(Name, () => finish(Combined(parts))));
        }

        if (upstream is ISectionOutput<T> section)
        {
            section.BuildEndingIn(plan, Create);
        }
        else if (Options.HasWorkers)
        {
            upstream.Build(plan, SectionBuilding.Build(new SectionOfEnd<T>(Create), plan, null, Options));
        }
        else
        {
            upstream.Build(plan, Create(plan));
        }

        Stage<T> Create(Plan of)
        {
            var stage = new Stage(of.Add(this, null, countsOut: true), of.Section?.Worker, createState, update);
            if (of.Section is not SectionDraft)
            {
                parts.Add(stage); // one worker at a time is made
            }

            return LenientStage<T>.Around(stage);
        }
    }

    /// <summary>Runs it. How the run ended shows as in the run's own task.</summary>
    public Task<TResult> ResultAsync<TResult>(Func<TState, TResult> result, PipelineOptions? runOptions, CancellationToken cancellationToken)
    {
        PipelineRun run = new Pipeline(this).Start(runOptions ?? PipelineOptions.Default, cancellationToken);
        List<Stage> parts = run.Handle<List<Stage>>(this)!;
        return run.ResultAsync(() => result(Combined(parts)));
    }

    private TState Combined(List<Stage> parts)
    {
        List<Stage> begun = parts.FindAll(static part => part.HasState);
        if (begun.Count == 0)
        {
            return createState();
        }

        TState state = begun[0].State;
        for (int i = 1; i < begun.Count; i++)
        {
            state = combine(state, begun[i].State);
        }

        return state;
    }

    private sealed class End(string name, Action finish) : IRunEnd
    {
        public string Name => name;

        void IRunEnd.End(Exception? error)
        {
            if (error is null)
            {
                finish();
            }
        }
    }

    private sealed class Stage(BlockRun block, ISectionWorker? worker, Func<TState> createState, Func<TState, T, TState> update) : LastDelegateStage<T>(block)
    {
        public bool HasState { get; private set; }

        public TState State { get; private set; } = default!;

        public override bool Push(T item)
        {
            if (!HasState && !TryCreate(item))
            {
                return false;
            }

            Enter(item);
            TState state = update(State, item);
            Exit();
            if (typeof(TState).IsValueType || !ReferenceEquals(state, State))
            {
                State = state; // most give back the object that they were given, and to store a reference costs more than to look at one
            }

            Block.Counted++;
            return true;
        }

        private bool TryCreate(T item)
        {
            try
            {
                State = createState();
                return HasState = true;
            }
            catch (Exception error)
            {
                Block.Undeliver(item);
                if (worker is null)
                {
                    Block.Caught(error);
                }
                else
                {
                    worker.Broke(Block.Original, error);
                }

                return false;
            }
        }
    }
}
