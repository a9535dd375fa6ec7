using CsCheck;
using Pipelines.Execution;

namespace Pipelines.Tests.Execution.Pool;

/// <summary>How many items a worker takes at once follows what the last ones took.</summary>
public sealed class RunLengthTests
{
    private const long Microsecond = 10; // ticks

    [Fact]
    public void Measured_WhileItIsShort_DoublesUpToTheLongest()
    {
        var length = new RunLength(100, 1_000_000 * Microsecond);
        List<int> lengths = [];
        for (int i = 0; i < 9; i++)
        {
            lengths.Add(length.Current);
            length.Measured(length.Current, (30 * Microsecond) - 1);
        }

        Assert.Equal([1, 2, 4, 8, 16, 32, 64, 100, 100], lengths);
    }

    [Theory]
    [InlineData(30, 16, 16)] // neither short nor long: it stays
    [InlineData(100, 16, 16)]
    [InlineData(101, 16, 7)] // what takes 50 us
    [InlineData(800, 16, 1)]
    [InlineData(100_000_000, 16, 1)] // one at the least
    public void Measured_ALongerRun_ChoosesWhatTakesFiftyMicroseconds(long time, int items, int expected)
    {
        RunLength length = Grown(16, longest: 64);

        length.Measured(items, time * Microsecond);

        Assert.Equal(expected, length.Current);
    }

    [Fact]
    public void Measured_APartOfARun_DoesNotGrow()
    {
        RunLength length = Grown(16, longest: 64);

        length.Measured(15, 0);

        Assert.Equal(16, length.Current);
    }

    [Theory]
    [InlineData(51, 9, true)]
    [InlineData(50, 9, false)] // not nearly the longest
    [InlineData(51, 10, false)]
    public void IsQuick_OnlyOfNearlyTheLongestRunInLessThanTenMicroseconds(int items, long time, bool isQuick)
    {
        var length = new RunLength(100, 1_000_000 * Microsecond);

        length.Measured(items, time * Microsecond);

        Assert.Equal(isQuick, length.IsQuick);
        Assert.Equal(isQuick ? 32 : 16, length.Glance);
    }

    [Fact]
    public void MeasuredPending_BeginsAgainWithOne()
    {
        RunLength length = Grown(64, longest: 64);
        length.Measured(64, 0);
        Assert.True(length.IsQuick);

        length.MeasuredPending();

        Assert.Equal((1, false), (length.Current, length.IsQuick));
    }

    [Theory]
    [InlineData(100, false)]
    [InlineData(101, true)]
    public void IsTooLong_FromAHundredMicroseconds(long time, bool isTooLong) =>
        Assert.Equal(isTooLong, new RunLength(8, 1_000_000 * Microsecond).IsTooLong(time * Microsecond));

    // A clock that jumps, stands still or has coarse ticks gives any numbers at all.
    [Fact]
    public void Current_WhateverWasMeasured_IsBetweenOneAndTheLongest() =>
        Gen.Select(Gen.Int[-1, 2000], Gen.Long[1, 10_000_000_000], Gen.Select(Gen.Int[1, 2000], Gen.Long).Array[0, 20]).Sample((longest, ticks, runs) =>
        {
            var length = new RunLength(longest, ticks);
            foreach ((int items, long time) in runs)
            {
                length.Measured(Math.Min(items, length.Longest), time);
                Assert.InRange(length.Current, 1, Math.Max(1, longest));
            }
        });

    private static RunLength Grown(int to, int longest)
    {
        var length = new RunLength(longest, 1_000_000 * Microsecond);
        while (length.Current < to)
        {
            length.Measured(length.Current, 0);
        }

        return length;
    }
}
