namespace Pipelines.Tests.Foreign;

/// <summary>A hostile scheduler or clock, made anew for each run.</summary>
/// <param name="Name">For the test list.</param>
public sealed record Surroundings(string Name)
{
    internal Func<ForeignScheduler>? Scheduler { get; init; }

    internal Func<ForeignClock>? Clock { get; init; }

    public static IReadOnlyList<Surroundings> All { get; } =
    [
        Of("throws at once", () => new ThrowingScheduler(_ => true)),
        Of("throws the second time", () => new ThrowingScheduler(number => number == 2)),
        Of("throws the fifth time", () => new ThrowingScheduler(number => number == 5)),
        Of("throws the 40th time", () => new ThrowingScheduler(number => number == 40)),
        Of("throws every other time", () => new ThrowingScheduler(number => number % 2 == 0)),
        Of("refuses from the 10th on", () => new ThrowingScheduler(number => number >= 10)),
        Of("runs inline", () => new InlineScheduler()),
        Of("waits until it has begun", () => new HandOffScheduler(untilEnded: false)),
        Of("waits until it has ended", () => new HandOffScheduler(untilEnded: true)),
        Of("reorders", () => new ReorderingScheduler(seed: 7)),
        Of("one thread", () => new OneThreadScheduler()),
        Of("clock throws at the start", () => new ThrowingClock(_ => true)),
        Of("clock throws from the second on", () => new ThrowingClock(number => number >= 1)),
        Of("clock throws from the tenth on", () => new ThrowingClock(number => number >= 9)),
        Of("clock throws from the 200th on", () => new ThrowingClock(number => number >= 199)),
        Of("clock leaps", () => new LeapingClock()),
        Of("clock goes back", () => new BackwardClock()),
        Of("clock throws the second time", () => new ThrowingClock(number => number == 1)),
        Of("clock throws the 20th time", () => new ThrowingClock(number => number == 19)),
        Of("clock throws from the fourth on", () => new ThrowingClock(number => number >= 3)),
        Of("clock throws from the 40th on", () => new ThrowingClock(number => number >= 39)),
        Of("clock without speed", () => new SpeedlessClock()),
        Of("clock from 0", () => new ClockFromZero()),
        Of("clock stands at 0", () => new StandingClock()),
        Of("clock jumps", () => new JumpingClock()),
    ];

    public static IEnumerable<Surroundings> ThrowingAt(int number) =>
    [
        Of($"throws at {number}", () => new ThrowingScheduler(one => one == number)),
        Of($"throws from {number} on", () => new ThrowingScheduler(one => one >= number)),
        Of($"clock throws at {number}", () => new ThrowingClock(one => one == number)),
        Of($"clock throws from {number} on", () => new ThrowingClock(one => one >= number)),
    ];

    public override string ToString() => Name;

    private static Surroundings Of(string name, Func<ForeignScheduler> scheduler) => new(name) { Scheduler = scheduler };

    private static Surroundings Of(string name, Func<ForeignClock> clock) => new(name) { Clock = clock };
}
