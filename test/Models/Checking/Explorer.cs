using System.Globalization;
using System.Text;

namespace Pipelines.Models.Checking;

/// <summary>Looks at every state that a model can come to, nearest first, so that what it finds is found on a shortest way.</summary>
internal static class Explorer
{
    // A model that has more is too large to be looked at in each build.
    private const int MostStates = 3_000_000;

    public static Verdict Explore(Model model, MemoryModel memory)
    {
        var machine = new Machine(model, memory);
        while (true)
        {
            machine.HasLearned = false;
            Verdict verdict = Explore(model, memory, machine);
            if (!machine.HasLearned || !verdict.Holds)
            {
                return verdict;
            }
        }
    }

    private static Verdict Explore(Model model, MemoryModel memory, Machine machine)
    {
        var key = new StateKey();
        var known = new HashSet<StateKey.Written>();
        var cameBy = new List<(int From, Move Move)>();
        var ahead = new Queue<(int Number, State State)>();
        var moves = new List<Move>();
        model.Complaint = null;
        State begin = machine.Begin();
        known.Add(begin.Write(key));
        cameBy.Add((-1, default));
        ahead.Enqueue((0, begin));
        while (ahead.TryDequeue(out (int Number, State State) at))
        {
            machine.MovesOf(at.State, moves);
            if (moves.Count == 0 && ComplaintAtRest(model, at.State) is { } stuck)
            {
                return new Verdict(model, memory, known.Count, stuck, TraceTo(machine, cameBy, at.Number));
            }

            foreach (Move move in moves)
            {
                State next = machine.Apply(at.State, move);
                if (model.Complaint is null && !known.Add(next.Write(key)))
                {
                    continue;
                }

                cameBy.Add((at.Number, move));
                if (model.Complaint is { } complaint)
                {
                    return new Verdict(model, memory, known.Count, complaint, TraceTo(machine, cameBy, cameBy.Count - 1));
                }

                ahead.Enqueue((cameBy.Count - 1, next));
            }

            if (known.Count > MostStates)
            {
                throw new InvalidOperationException($"{model} has more than {MostStates:N0} states.");
            }

            if (machine.HasLearned)
            {
                break; // and from the beginning, with what was learned
            }
        }

        return new Verdict(model, memory, known.Count, null, "");
    }

    private static string? ComplaintAtRest(Model model, State state)
    {
        for (int i = 0; i < state.Threads.Length; i++)
        {
            ThreadState thread = state.Threads[i];
            if (!thread.HasEnded && !model.Threads[i].MayWait)
            {
                return $"Nobody goes on, and the {model.Threads[i].Name} waits in {Frames.NameOf(thread.Frames[^1])} until {model.NameOf(thread.Next.Place)} changes.";
            }
        }

        model.Memory = state.Memory;
        return model.AtRest();
    }

    private static string TraceTo(Machine machine, List<(int From, Move Move)> cameBy, int number)
    {
        var moves = new Stack<Move>();
        for (; cameBy[number].From >= 0; number = cameBy[number].From)
        {
            moves.Push(cameBy[number].Move);
        }

        var trace = new StringBuilder();
        int line = 0;
        machine.Tell = (who, where, what) => trace.AppendLine(CultureInfo.InvariantCulture, $"{++line,4}  {who,-10} {where,-18} {what}");
        State state = machine.Begin();
        foreach (Move move in moves)
        {
            state = machine.Apply(state, move);
        }

        machine.Tell = null;
        return trace.ToString();
    }
}

/// <summary>What came of looking at all states: that nothing is wrong in any, or what is, and how one comes there.</summary>
internal sealed record Verdict(Model Model, MemoryModel Memory, int States, string? Complaint, string Trace)
{
    public bool Holds => Complaint is null;

    public override string ToString() => Holds
        ? $"{Model} on {Memory}: {States:N0} states, and nothing is wrong in any."
        : $"{Model} on {Memory}: {Complaint}{Environment.NewLine}{Trace}";
}
