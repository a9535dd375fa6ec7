using System.Diagnostics.CodeAnalysis;

namespace Pipelines;

/// <summary>The runs that go on, for the meter to read.</summary>
/// <remarks>
/// A run joins when it starts and leaves when it has ended, whether or not anybody listens: somebody may begin to in its middle. It is not kept alive:
/// a run that nobody refers to any more and that nothing can wake is garbage, as before, and its place is swept up when as many have joined since the last
/// sweep
/// as stayed then. Places are used again, so that joining allocates nothing in the long run. One lock guards the list and the retired totals; nothing foreign
/// runs under it.
/// </remarks>
internal static class LiveRuns
{
    private static readonly Lock s_gate = new();
    private static readonly List<Place> s_places = [];
    private static readonly Stack<Place> s_free = new();

    // What ended runs have reached, as long as others go on under their name: the sum must not go down.
    private static readonly Dictionary<Series, long> s_retired = [];

    private const int FirstSweep = 64;

    private static int s_sweepAt = FirstSweep;
    private static long s_joined;

    /// <summary>How many places are taken, by runs that go on and by garbage.</summary>
    public static int Taken
    {
        get
        {
            lock (s_gate)
            {
                return s_places.Count;
            }
        }
    }

    public static Place Join(PipelineRun run)
    {
        lock (s_gate)
        {
            if (s_places.Count >= s_sweepAt)
            {
                Sweep();
                s_sweepAt = Math.Max(FirstSweep, 2 * s_places.Count); // so that a sweep costs each run that joins a constant time
            }

            if (!s_free.TryPop(out Place? place))
            {
                place = new Place();
            }

            place.Index = s_places.Count;
            place.Number = ++s_joined;
            place.Run.SetTarget(run);
            s_places.Add(place);
            return place;
        }
    }

    /// <summary>The run has ended.</summary>
    /// <param name="place">The run's.</param>
    /// <param name="name">The run's.</param>
    /// <param name="totals">What it has reached in the end, if anybody listens.</param>
    public static void Leave(Place place, string name, IReadOnlyDictionary<Series, long>? totals)
    {
        lock (s_gate)
        {
            Remove(place);
            if (totals is not null || s_retired.Count > 0)
            {
                Retire(name, totals ?? new Dictionary<Series, long>());
            }
        }
    }

    private static void Retire(string name, IReadOnlyDictionary<Series, long> totals)
    {
        if (!s_places.Exists(other => other.TryGetRun(out PipelineRun? run) && run.MetricName == name))
        {
            Forget(name);
            return;
        }

        foreach ((Series series, long total) in totals)
        {
            s_retired[series] = s_retired.GetValueOrDefault(series) + total;
        }
    }

    /// <summary>What a run's counters have shown. For as long as it goes on: then its place is another's.</summary>
    public static RunTotals TotalsOf(Place place)
    {
        lock (s_gate)
        {
            return place.Totals ??= new();
        }
    }

    /// <summary>The runs that go on, each with its number, in the order in which they began.</summary>
    public static List<(long Number, PipelineRun Run)> List()
    {
        List<(long Number, PipelineRun Run)> runs = [];
        lock (s_gate)
        {
            foreach (Place place in s_places)
            {
                if (place.TryGetRun(out PipelineRun? run))
                {
                    runs.Add((place.Number, run));
                }
            }
        }

        runs.Sort((one, other) => one.Number.CompareTo(other.Number));
        return runs;
    }

    /// <summary>The runs that go on, and what ended ones of the same names have reached.</summary>
    public static List<(PipelineRun Run, RunTotals Totals)> Read(out Dictionary<Series, long> retired)
    {
        List<(PipelineRun Run, RunTotals Totals)> runs = [];
        lock (s_gate)
        {
            Sweep();
            foreach (Place place in s_places)
            {
                if (place.TryGetRun(out PipelineRun? run))
                {
                    runs.Add((run, place.Totals ??= new()));
                }
            }

            HashSet<string> names = [.. runs.Select(live => live.Run.MetricName)];
            foreach (string name in s_retired.Keys.Select(series => series.Pipeline).Where(name => !names.Contains(name)).Distinct().ToList())
            {
                Forget(name);
            }

            retired = new(s_retired);
        }

        return runs;
    }

    // Places of runs that are garbage.
    private static void Sweep()
    {
        for (int i = s_places.Count - 1; i >= 0; i--)
        {
            if (!s_places[i].TryGetRun(out _))
            {
                Remove(s_places[i]);
            }
        }
    }

    private static void Remove(Place place)
    {
        Place last = s_places[^1];
        s_places[place.Index] = last;
        last.Index = place.Index;
        s_places.RemoveAt(s_places.Count - 1);
        place.Run.SetTarget(null!);
        place.Span = null;
        place.Totals = null;
        if (s_free.Count < FirstSweep + s_places.Count)
        {
            s_free.Push(place); // or else a burst would be remembered for ever
        }
    }

    private static void Forget(string name)
    {
        foreach (Series series in s_retired.Keys.Where(series => series.Pipeline == name).ToList())
        {
            s_retired.Remove(series);
        }
    }

    /// <summary>A run's place among the live ones, with what is only needed if somebody watches it.</summary>
    public sealed class Place
    {
        public int Index { get; set; }

        /// <summary>The how manieth run of the process it is: what it is called where names are not unique. As long as the run goes on.</summary>
        public long Number { get; set; }

        public WeakReference<PipelineRun> Run { get; } = new(null!);

        /// <summary>The run's span, if somebody traces.</summary>
        public Activity? Span { get; set; }

        /// <summary>What the run's counters have shown, if somebody has asked. Under the list's lock, as all but the span.</summary>
        public RunTotals? Totals { get; set; }

        public bool TryGetRun([NotNullWhen(true)] out PipelineRun? run) => Run.TryGetTarget(out run);
    }
}
