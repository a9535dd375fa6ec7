using System.Runtime.CompilerServices;
using Pipelines.Execution;

namespace Pipelines.Tests.Execution;

/// <summary>Filled by one thread at a time, emptied by many: each item comes to one of them, in order, with its place.</summary>
public sealed class HandOutTests
{
    [Theory]
    [InlineData(1, 2)]
    [InlineData(2, 2)]
    [InlineData(5, 8)]
    public void Add_MoreThanFit_TakesThoseThatDo(int atLeast, int size)
    {
        var handOut = new HandOut<int>(atLeast);
        int[] items = [.. Enumerable.Range(0, 20)];

        Assert.Equal(size, handOut.Add(items, 100));
        Assert.Equal(0, handOut.Add(items, 100));
        for (int i = 0; i < size; i++)
        {
            Assert.True(handOut.HasItems);
            Assert.True(handOut.TryTake(out int item, out long place));
            Assert.Equal((i, 100 + i), (item, place));
        }

        Assert.False(handOut.HasItems);
        Assert.False(handOut.TryTake(out _, out _));
        Assert.Equal(size, handOut.Add(items, 0));
    }

    // Found by a mutation that no test noticed: an item that was taken stayed in its slot until the next one came there.
    [Fact]
    public void TryTake_Item_IsGarbageOnceItIsDone()
    {
        var handOut = new HandOut<object>(2);
        WeakReference taken = Take(handOut);

        GC.Collect();

        Assert.False(taken.IsAlive);
        Assert.False(handOut.HasItems);

        [MethodImpl(MethodImplOptions.NoInlining)]
        static WeakReference Take(HandOut<object> handOut)
        {
            Assert.Equal(1, handOut.Add([new object()], 0));
            Assert.True(handOut.TryTake(out object? item, out _));
            return new WeakReference(item);
        }
    }

    [Fact]
    public async Task TryTake_SeveralThreads_EachItemComesOnceAndToEachInOrder()
    {
        const int Takers = 4;
        await Stress.ForSomeTimeAsync(
            async seed =>
            {
                var random = new Random(seed);
                int count = random.Next(1, 5000);
                var handOut = new HandOut<int>(random.Next(1, 40));
                bool isOver = false;
                Task<List<int>>[] taking = [.. Enumerable.Range(0, Takers).Select(_ => Task.Run(() =>
                {
                    List<int> taken = [];
                    while (true)
                    {
                        bool wasOver = Volatile.Read(ref isOver);
                        if (handOut.TryTake(out int item, out long place))
                        {
                            Assert.Equal(item, place);
                            taken.Add(item);
                        }
                        else if (wasOver)
                        {
                            return taken;
                        }
                        else
                        {
                            Thread.Yield();
                        }
                    }
                }))];
                for (int next = 0; next < count;)
                {
                    int added = handOut.Add([.. Enumerable.Range(next, Math.Min(count - next, random.Next(1, 20)))], next);
                    next += added;
                    if (added == 0)
                    {
                        Thread.Yield();
                    }
                }

                Volatile.Write(ref isOver, true);
                List<int>[] taken = await Task.WhenAll(taking);
                Assert.All(taken, list => Assert.Equal(list.Order(), list));
                Assert.Equal(Enumerable.Range(0, count), taken.SelectMany(list => list).Order());
            },
            atLeast: 50);
    }
}
