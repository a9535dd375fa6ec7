using Pipelines.Channels;
using Pipelines.Execution;

namespace Pipelines.Tests.Execution;

/// <summary>The lines of several items at once: the slots are never exceeded, the baton is in one place, and nobody lies where there is room.</summary>
public sealed class LineWindowTests
{
    [Theory]
    [InlineData(1, 2)]
    [InlineData(5, 2)]
    [InlineData(8, 3)]
    [InlineData(2, 4)]
    public void RandomWalk_Ordered_ComesOutInOrderAndWithinItsSlots(int capacity, int parallelism)
    {
        int seed = Random.Shared.Next();
        var random = new Random(seed);
        string context = $"seed {seed}";
        var window = new LineWindow<int>(new Gate(), capacity, parallelism, ordered: true);
        List<Worker> workers = [];
        List<int> passed = [];
        var batch = new Outgoing<int>[4];
        int claimed = 0;
        bool hasBaton = false;
        for (int step = 0; step < 20_000; step++)
        {
            int held = workers.Sum(one => one.Results - one.Taken);
            Assert.True(held <= window.Slots, context);
            Assert.True(workers.All(one => !one.Lies || !one.Line.HasRoom), context);
            if (hasBaton)
            {
                int taken = window.First!.Take(batch);
                switch (taken)
                {
                    case ResultLine<int>.Ended:
                        workers.RemoveAt(0);
                        hasBaton = window.MoveOn(out PoolWorker? moved);
                        Rise(moved);
                        break;
                    case 0:
                        hasBaton = false;
                        break;
                    default:
                        passed.AddRange(batch[..taken].Select(one => one.Result));
                        workers[0].Taken += taken;
                        Rise(window.First!.Passed(taken));
                        break;
                }

                continue;
            }

            List<Worker> atWork = [.. workers.Where(one => !one.HasEnded && !one.Lies)];
            if (window.HasRoom && workers.Count(one => !one.HasEnded) < parallelism && random.Next(3) == 0)
            {
                workers.Add(new Worker(window.Add(), claimed++));
            }
            else if (atWork.Count > 0)
            {
                Worker one = atWork[random.Next(atWork.Count)];
                if (random.Next(6) == 0)
                {
                    one.HasEnded = true;
                    hasBaton = one.Line.End(out long unused);
                    Rise(window.Free(unused));
                }
                else if (one.Line.HasRoom || window.TryGrow(one.Line, out _))
                {
                    int result = (one.Item * 1000) + one.Results++;
                    hasBaton = one.Line.TryPut(result);
                    if (hasBaton)
                    {
                        Assert.Same(workers[0], one);
                        passed.Add(result);
                        one.Taken++;
                    }
                }
                else
                {
                    Assert.True(one.Line.TryLieDown(one), context);
                    one.Lies = true;
                    window.Want(one.Line);
                }
            }
        }

        Assert.True(claimed > 100, context);
        Assert.True(passed.SequenceEqual(passed.Order()), context);
        Assert.True(passed.Distinct().Count() == passed.Count, context);

        static void Rise(PoolWorker? woken)
        {
            for (; woken is not null; woken = woken.NextAsleep)
            {
                ((Worker)woken).Lies = false;
            }
        }
    }

    [Fact]
    public void Close_WorkersLieThere_WakesThemAndLetsNobodyLieDown()
    {
        var window = new LineWindow<int>(new Gate(), 1, 2, ordered: false);
        ResultLine<int> line = window.Add();
        Assert.True(line.TryPut(1)); // the baton
        Assert.False(line.TryPut(2));
        var worker = new Worker(line, 0);
        Assert.True(line.TryLieDown(worker));

        Assert.Same(worker, LineWindow<int>.Close(line));
        Assert.True(line.IsClosed);
        Assert.False(line.TryLieDown(worker));
        Assert.Equal(2, Assert.Single(line.Left).Result);
    }

    private sealed class Worker(ResultLine<int> line, int item) : PoolWorker(run: null!)
    {
        public ResultLine<int> Line => line;

        public int Item => item;

        public int Results { get; set; }

        public int Taken { get; set; }

        public bool HasEnded { get; set; }

        public bool Lies { get; set; }

        protected override Worked WorkOn() => throw new NotSupportedException();

        protected override void Broken(Exception error) => throw new NotSupportedException();

        protected override void Ready() => throw new NotSupportedException();

        protected override void End() => throw new NotSupportedException();
    }
}
