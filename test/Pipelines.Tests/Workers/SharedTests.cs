using System.Collections.Immutable;
using Pipelines.Workers;

namespace Pipelines.Tests.Workers;

public sealed class SharedTests
{
    [Fact]
    public void Read_NewAndAfterUpdates_IsTheValueWithItsVersion()
    {
        var shared = new Shared<string>("a");
        Snapshot<string> first = shared.Read();

        Assert.Equal(new Snapshot<string>("ab", 1), shared.Update(value => value + "b"));

        Assert.Equal(new Snapshot<string>("a", 0), first);
        Assert.Equal(new Snapshot<string>("ab", 1), shared.Read());
    }

    // The book's hazard: v.value += 1 is a read and then a write. Here another comes between the two, each time, and nothing is lost.
    [Fact]
    public void Update_AnotherComesInBetween_IsComputedAgainOnTheNewValue()
    {
        var shared = new Shared<int>(0);
        int racy = 0;
        int calls = 0;

        Snapshot<int> updated = shared.Update(value =>
        {
            if (++calls == 1)
            {
                shared.Add(10);
            }

            return value + 1;
        });
        int read = racy;
        racy += 10;
        racy = read + 1;

        Assert.Equal(2, calls);
        Assert.Equal(new Snapshot<int>(11, 2), updated);
        Assert.Equal(1, racy); // the naive version has lost ten
    }

    [Fact]
    public void Update_Throws_LeavesTheValue()
    {
        var shared = new Shared<int>(5);

        Assert.Throws<InvalidDataException>(() => shared.Update(_ => throw new InvalidDataException()));

        Assert.Equal(new Snapshot<int>(5, 0), shared.Read());
    }

    [Fact]
    public void CompareExchange_WithASnapshot_SucceedsOnlyIfNobodyWasFaster()
    {
        var shared = new Shared<int>(1);
        Snapshot<int> seen = shared.Read();
        Snapshot<int> changed = shared.Update(value => value); // the same number, and yet changed

        Assert.Same(changed, shared.CompareExchange(7, seen));
        Assert.Equal(1, shared.Read().Value);
        Assert.Same(changed, shared.CompareExchange(7, changed));
        Assert.Equal(new Snapshot<int>(7, 2), shared.Read());
    }

    [Fact]
    public void CompareExchange_WithAValue_ReturnsWhatItFound()
    {
        var shared = new Shared<string>("a");

        Assert.Equal("a", shared.CompareExchange("b", "x"));
        Assert.Equal("a", shared.Read().Value);
        Assert.Equal("a", shared.CompareExchange("b", "a"));
        Assert.Equal("b", shared.Read().Value);
    }

    [Fact]
    public void Arithmetic_Numbers_ReturnWhatTheyMade()
    {
        var shared = new Shared<long>(1);

        Assert.Equal((6, 7, 6), (shared.Add(5), shared.Increment(), shared.Decrement()));
        Assert.Equal(0.5m, new Shared<decimal>(0.25m).Add(0.25m));
    }

    [Fact]
    public void Members_Null_AreRefused()
    {
        Assert.Throws<ArgumentNullException>("update", () => new Shared<int>(0).Update(null!));
        Assert.Throws<ArgumentNullException>("comparand", () => new Shared<int>(0).CompareExchange(1, null!));
        Assert.Throws<ArgumentNullException>("number", () => SharedNumber.Add<int>(null!, 1));
        Assert.Throws<ArgumentNullException>("number", () => SharedNumber.Increment<int>(null!));
        Assert.Throws<ArgumentNullException>("number", () => SharedNumber.Decrement<int>(null!));
    }

    [Fact]
    public async Task Update_ManyAtOnce_LosesNone()
    {
        var number = new Shared<int>(0);
        var list = new Shared<ImmutableList<int>>([]);
        await Task.WhenAll(Enumerable.Range(0, 10).Select(worker => Task.Run(() =>
        {
            for (int i = 0; i < 1000; i++)
            {
                number.Increment();
                list.Update(items => items.Add(worker));
            }
        })));

        Assert.Equal(new Snapshot<int>(10_000, 10_000), number.Read());
        Assert.All(list.Read().Value.CountBy(worker => worker), count => Assert.Equal(1000, count.Value));
    }

    // A struct larger than a word, half of it written when it is read, is what a plain field would show.
    [Fact]
    public async Task Read_LargeStructWhileItIsUpdated_IsNeverTorn()
    {
        var shared = new Shared<(long A, long B, long C, long D)>(default);
        Task writing = Task.Run(() =>
        {
            for (int i = 0; i < 200_000; i++)
            {
                shared.Update(value => (value.A + 1, value.B + 1, value.C + 1, value.D + 1));
            }
        });
        do
        {
            (long a, long b, long c, long d) = shared.Read().Value;
            Assert.True(a == b && b == c && c == d);
        }
        while (!writing.IsCompleted);
    }
}
