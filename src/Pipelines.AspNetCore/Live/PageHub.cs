using System.Diagnostics;

namespace Pipelines.AspNetCore;

/// <summary>Takes a snapshot of every run once a second while somebody looks, and hands it to all who do.</summary>
/// <remarks>
/// <para>It is <i>idle</i> (no viewer, no timer, no loop) or <i>looking</i> (one loop). The first viewer makes it look; the loop, when it finds no viewer left,
/// makes it idle again: both under the gate. The loop sleeps on <see cref="_wake"/>, which the timer rings, and every viewer that comes, so that nobody waits a
/// second for the first picture. What the loop keeps of runs is its own, and is dropped when it ends.</para>
/// <para>Nothing is taken or written under the gate. A viewer that reads slowly gets the newest tick when it is ready, and never holds up the others.</para>
/// </remarks>
internal sealed class PageHub(TimeProvider time, bool items)
{
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly HashSet<Viewer> _viewers = [];
    private readonly Dictionary<long, RunTrack> _tracks = [];
    private TaskCompletionSource _wake = NewSignal();
    private Tick _latest = new([], new Dictionary<long, RunFrame>());
    private bool _isLooking;
    private long _snapshots;

    /// <summary>How many snapshots were taken so far.</summary>
    public long Snapshots => Volatile.Read(ref _snapshots);

    /// <summary>Whether its loop goes on.</summary>
    public bool IsLooking
    {
        get
        {
            lock (_gate)
            {
                return _isLooking;
            }
        }
    }

    /// <summary>How many look.</summary>
    public int Viewers
    {
        get
        {
            lock (_gate)
            {
                return _viewers.Count;
            }
        }
    }

    /// <summary>Somebody looks, at one run or only at the list, until it is disposed.</summary>
    public Viewer Enter(long? run)
    {
        bool isFirst;
        Viewer viewer;
        lock (_gate)
        {
            viewer = new Viewer(this, run, _latest);
            _viewers.Add(viewer);
            isFirst = !_isLooking;
            _isLooking = true;
        }

        if (isFirst)
        {
            using (ExecutionContext.SuppressFlow()) // it goes on when the request that has begun it is long over
            {
                _ = Task.Run(LookAsync);
            }
        }
        else
        {
            Ring();
        }

        return viewer;
    }

    /// <summary>A run as of now, be it that it goes on or has ended lately.</summary>
    public static EndedRun? Find(long number)
    {
        if (LiveRuns.List().Find(live => live.Number == number).Run is { } run)
        {
            PipelineReport report = run.Snapshot();
            return new(number, report, run.MaxInFlight, PageFailures.Of(report));
        }

        return Array.Find(EndedRuns.List(), ended => ended.Number == number);
    }

    /// <summary>What was recorded of a run while somebody looked at it.</summary>
    public PipelineTimeline? TimelineOf(long number)
    {
        lock (_tracks)
        {
            return _tracks.GetValueOrDefault(number)?.Timeline;
        }
    }

    private async Task LookAsync()
    {
        using ITimer timer = time.CreateTimer(_ => Ring(), null, s_interval, s_interval);
        while (true)
        {
            HashSet<long> wanted = [];
            TaskCompletionSource wake;
            lock (_gate)
            {
                if (_viewers.Count == 0)
                {
                    _isLooking = false;
                    return;
                }

                wanted.UnionWith(_viewers.Where(viewer => viewer.Run is not null).Select(viewer => viewer.Run!.Value));
                wake = _wake = NewSignal();
            }

            try
            {
                Publish(Take(wanted));
            }
            catch (Exception error)
            {
                // A run's own clock may throw: the others are shown again in a second.
                Trace.TraceError($"The pipelines page could not take a snapshot: {error}");
            }

            await wake.Task;
        }
    }

    private void Publish(Tick tick)
    {
        Tick before;
        lock (_gate)
        {
            (before, _latest) = (_latest, tick);
        }

        before.Follow(tick);
    }

    private Tick Take(HashSet<long> wanted)
    {
        List<(long Number, PipelineRun Run)> live = LiveRuns.List();
        EndedRun[] ended = EndedRuns.List();
        List<PageRow> rows = [];
        Dictionary<long, RunFrame> frames = [];
        HashSet<long> known = [];
        foreach ((long number, PipelineRun run) in live)
        {
            known.Add(number);
            PipelineReport report = run.Snapshot();
            Interlocked.Increment(ref _snapshots);
            RunTrack track = TrackOf(number);
            PipelineReport? since = report.Outcome == RunOutcome.Running ? track.Since(report) : null;
            string state = RunRows.StateOf(run, report);
            PageFailure[] failures = run.Failure is null && report.LaterFailures.Count == 0 ? [] : PageFailures.Of(report);
            rows.Add(RunRows.Of(number, report, track.SentenceOf(report, since, state), state, run.MaxInFlight, failures.FirstOrDefault()));
            if (wanted.Contains(number))
            {
                track.Timeline.Add(report);
                frames[number] = FrameOf(track, report, since, state, run.MaxInFlight, failures, isEnd: false);
            }
        }

        foreach (EndedRun run in ended.Where(run => known.Add(run.Number)))
        {
            string state = PageSampler.StateOf(run.Report.Outcome);
            RunTrack track = TrackOf(run.Number);
            track.EndSentence ??= run.Report.Bottleneck ?? "";
            rows.Add(RunRows.Of(run.Number, run.Report, track.EndSentence, state, run.MaxInFlight, run.Failures.FirstOrDefault()));
            if (wanted.Contains(run.Number))
            {
                frames[run.Number] = FrameOf(track, run.Report, null, state, run.MaxInFlight, run.Failures, isEnd: true);
            }
        }

        Forget(known);
        return new(LiveJson.Bytes(rows.ToArray()), frames);
    }

    private RunFrame FrameOf(
        RunTrack track, PipelineReport report, PipelineReport? since, string state, long? maxInFlight, PageFailure[] failures, bool isEnd) => new(
        track.Graph ??= LiveJson.Bytes(PageSampler.GraphOf(report, maxInFlight)),
        LiveJson.Bytes(PageSampler.SampleOf(report, since, state)),
        LiveJson.Bytes(PageFailures.Of(report, failures, items)),
        track.Timeline,
        isEnd);

    private RunTrack TrackOf(long number)
    {
        lock (_tracks)
        {
            return _tracks.TryGetValue(number, out RunTrack? track) ? track : _tracks[number] = new();
        }
    }

    private void Forget(HashSet<long> known)
    {
        lock (_tracks)
        {
            foreach (long number in _tracks.Keys.Where(number => !known.Contains(number)).ToList())
            {
                _tracks.Remove(number);
            }
        }
    }

    private void Ring()
    {
        TaskCompletionSource wake;
        lock (_gate)
        {
            wake = _wake;
        }

        wake.TrySetResult();
    }

    private void Leave(Viewer viewer)
    {
        lock (_gate)
        {
            _viewers.Remove(viewer);
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>One who looks.</summary>
    public sealed class Viewer(PageHub hub, long? run, Tick last) : IDisposable
    {
        private Tick _last = last;

        public long? Run => run;

        /// <summary>The newest tick that it has not had; null if it is to end.</summary>
        public async Task<Tick?> NextAsync(CancellationToken token)
        {
            try
            {
                Tick next = await _last.Next.WaitAsync(token);
                while (next.Next is { IsCompletedSuccessfully: true } newer)
                {
                    next = newer.Result;
                }

                return _last = next;
            }
            catch (OperationCanceledException)
            {
                return null;
            }
        }

        public void Dispose() => hub.Leave(this);
    }
}
