namespace Pipelines.Models.Checking;

/// <summary>The rules of memory: what may happen in a state, and what comes of it.</summary>
internal sealed class Machine(Model model, MemoryModel memory)
{
    // Loads that may bring old values, by their places: found out while the model runs.
    private readonly HashSet<int> _readPlainly = [];

    /// <summary>Another place is loaded plainly, or a fence of the whole process was met: what was explored before is not all there is.</summary>
    public bool HasLearned { get; set; }

    // A store goes to the thread's buffer, which nobody else sees: so it is part of the step before. But for a fence of the whole process, which empties the buffer of others.
    private bool _fencesProcess;

    /// <summary>If set, told of all that happens: who, where, what.</summary>
    public Action<string, string, string>? Tell { get; set; }

    public State Begin()
    {
        var state = new State([.. model.Initial], [.. model.Threads.Select(_ => new ThreadState([], default, [], []))]);
        for (int thread = 0; thread < model.Threads.Count; thread++)
        {
            state = Advance(state, thread, [model.Threads[thread].Body()], 0);
        }

        return state;
    }

    public void MovesOf(State state, List<Move> moves)
    {
        moves.Clear();
        for (int thread = 0; thread < state.Threads.Length; thread++)
        {
            ThreadState at = state.Threads[thread];
            for (int i = 0; i < at.Buffer.Length; i++)
            {
                if (MayBeSeen(at.Buffer, i))
                {
                    moves.Add(new Move(MoveKind.Store, thread, i));
                }
            }

            if (!at.HasEnded && MayGoOn(state, at))
            {
                moves.Add(new Move(MoveKind.GoOn, thread));
                for (int i = 0; at.Next.Kind == OpKind.ReadPlain && i < at.Old.Length; i++)
                {
                    if (at.Old[i].Place == at.Next.Place && IndexOf(at.Buffer, at.Next.Place) < 0)
                    {
                        moves.Add(new Move(MoveKind.GoOnWithOld, thread, i));
                    }
                }
            }
        }
    }

    public State Apply(State state, Move move)
    {
        ThreadState at = state.Threads[move.Thread];
        switch (move.Kind)
        {
            case MoveKind.Store:
                Store seen = at.Buffer[move.Index];
                Tell?.Invoke(model.Threads[move.Thread].Name, "", $"{model.NameOf(seen.Place)} = {seen.Value} is seen by all");
                return Store(state.With(move.Thread, at with { Buffer = [.. at.Buffer[..move.Index], .. at.Buffer[(move.Index + 1)..]] }), move.Thread, seen.Place, seen.Value);
            case MoveKind.GoOnWithOld:
                Store old = at.Old[move.Index];
                Note(state, move.Thread, $"{model.NameOf(old.Place)} is still {old.Value} to it");

                // Neither this load nor a later one of the same place goes back behind that.
                Store[] left = [.. at.Old.Where((store, i) => store.Place != old.Place || i >= move.Index)];
                return Advance(state.With(move.Thread, at with { Old = left }), move.Thread, at.Frames, old.Value);
            default:
                return GoOn(state, move.Thread, at);
        }
    }

    private bool MayBeSeen(Store[] buffer, int index)
    {
        if (memory == MemoryModel.Tso || buffer[index].Releases)
        {
            return index == 0;
        }

        return IndexOf(buffer[..index], buffer[index].Place) < 0;
    }

    private static bool MayGoOn(State state, ThreadState at) => at.Next.Kind switch
    {
        OpKind.CompareExchange or OpKind.Exchange or OpKind.Add or OpKind.Or or OpKind.Fence or OpKind.ProcessWideFence => at.Buffer.Length == 0,
        OpKind.Enter => at.Buffer.Length == 0 && state.Memory[at.Next.Place.Index] == 0,
        OpKind.Await => state.Memory[at.Next.Place.Index] >= at.Next.Value,
        _ => true,
    };

    private State GoOn(State state, int thread, ThreadState at)
    {
        Op op = at.Next;
        int seen = op.Kind is OpKind.Fence or OpKind.ProcessWideFence ? 0
            : IndexOf(at.Buffer, op.Place) is var own and >= 0 ? at.Buffer[own].Value
            : state.Memory[op.Place.Index];
        switch (op.Kind)
        {
            case OpKind.ReadPlain:
                Note(state, thread, $"reads {model.NameOf(op.Place)} = {seen}");
                HasLearned |= _readPlainly.Add(op.Place.Index);
                at = at with { Old = [.. at.Old.Where(store => store.Place != op.Place)] };
                return Advance(state.With(thread, at), thread, at.Frames, seen);
            case OpKind.Write or OpKind.WritePlain:
                return Advance(Buffer(state, thread, op), thread, at.Frames, 0);
            case OpKind.ProcessWideFence:
                Note(state, thread, "fence of the whole process");
                HasLearned |= !_fencesProcess;
                _fencesProcess = true;
                return Advance(EmptyAll(state), thread, at.Frames, 0);
        }

        State next = state;
        int value = op.Kind switch
        {
            OpKind.CompareExchange => seen == op.Comparand ? op.Value : seen,
            OpKind.Exchange => op.Value,
            OpKind.Add => seen + op.Value,
            OpKind.Or => seen | op.Value,
            OpKind.Enter => 1,
            _ => seen,
        };
        Note(state, thread, Describe(op, seen, value));
        if (value != seen)
        {
            next = Store(next, thread, op.Place, value);
        }

        return Advance(next, thread, at.Frames, op.Kind == OpKind.Add ? value : seen);
    }

    private string Describe(Op op, int seen, int value)
    {
        if (op.Kind == OpKind.Fence)
        {
            return "fence";
        }

        string name = model.NameOf(op.Place);
        return op.Kind switch
        {
            OpKind.Read => $"reads {name} = {seen}",
            OpKind.Await => $"goes on: {name} = {seen}",
            OpKind.Enter => $"takes {name}",
            OpKind.CompareExchange when seen != op.Comparand => $"fails to move {name} from {op.Comparand} to {op.Value}: it is {seen}",
            _ => $"moves {name} from {seen} to {value}",
        };
    }

    // The thread goes on to its next access of memory.
    private State Advance(State state, int thread, IEnumerator<Op>[] frames, int got)
    {
        var memory = (int[])state.Memory.Clone();
        state = new State(memory, (ThreadState[])state.Threads.Clone());
        (model.Memory, model.Got) = (memory, got);
        var stack = new List<IEnumerator<Op>>(frames);
        if (stack.Count > 0)
        {
            stack[^1] = Frames.Clone(stack[^1]);
        }

        while (stack.Count > 0)
        {
            if (!stack[^1].MoveNext())
            {
                stack.RemoveAt(stack.Count - 1);
                if (stack.Count > 0)
                {
                    stack[^1] = Frames.Clone(stack[^1]);
                }

                continue;
            }

            Op op = stack[^1].Current;
            if (op.Kind == OpKind.Call)
            {
                stack.Add(op.Body!);
                continue;
            }

            state.Threads[thread] = state.Threads[thread] with { Frames = [.. stack], Next = op, Old = Acquires(op) ? [] : state.Threads[thread].Old };
            if (op.Kind is not (OpKind.Write or OpKind.WritePlain) || _fencesProcess)
            {
                return state;
            }

            state.Threads[thread] = Buffer(state, thread, op).Threads[thread];
            model.Got = 0;
        }

        state.Threads[thread] = state.Threads[thread] with { Frames = [], Next = default };
        return state;
    }

    private State Buffer(State state, int thread, Op op)
    {
        Note(state, thread, $"stores {model.NameOf(op.Place)} = {op.Value}, for itself");
        ThreadState at = state.Threads[thread];
        return state.With(thread, at with { Buffer = [.. at.Buffer, new Store(op.Place, op.Value, op.Kind == OpKind.Write)] });
    }

    private State EmptyAll(State state)
    {
        for (int thread = 0; thread < state.Threads.Length; thread++)
        {
            foreach (Store store in state.Threads[thread].Buffer)
            {
                state = Store(state, thread, store.Place, store.Value);
            }
        }

        return new State(state.Memory, [.. state.Threads.Select(static at => at with { Buffer = [], Old = [] })]);
    }

    // A value becomes the one that everybody sees, but for plain loads that may have been done before.
    private State Store(State state, int by, Place place, int value)
    {
        int before = state.Memory[place.Index];
        var memoryThen = (int[])state.Memory.Clone();
        memoryThen[place.Index] = value;
        ThreadState[] threads = state.Threads;
        if (memory == MemoryModel.Weak && before != value && _readPlainly.Contains(place.Index))
        {
            threads = [.. threads.Select((at, i) => at.HasEnded || Acquires(at.Next) ? at
                : i != by ? at with { Old = [.. at.Old, new Store(place, before)] }
                : at with { Old = [.. at.Old.Where(store => store.Place != place)] })];
        }

        return new State(memoryThen, threads);
    }

    // Behind it nothing old is taken for true; so nothing old need be kept from where it is next.
    private static bool Acquires(Op op) => op.Kind is not (OpKind.ReadPlain or OpKind.Write or OpKind.WritePlain);

    private void Note(State state, int thread, string what)
    {
        if (Tell is not null)
        {
            ThreadState at = state.Threads[thread];
            Tell(model.Threads[thread].Name, at.HasEnded ? "" : Frames.NameOf(at.Frames[^1]), what);
        }
    }

    private static int IndexOf(Store[] stores, Place place) => Array.FindLastIndex(stores, store => store.Place == place);
}
