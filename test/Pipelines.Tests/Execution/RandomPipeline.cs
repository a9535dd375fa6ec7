using System.Globalization;
using System.Text;

namespace Pipelines.Tests.Execution;

/// <summary>An open pipeline of random blocks, beside a sequential model of it that works on whatever its sources have yielded.</summary>
/// <param name="random">Decides about everything.</param>
/// <param name="touch">Called in each delegate, with the item: it may throw.</param>
internal sealed class RandomPipeline(Random random, Action touch)
{
    private readonly StringBuilder _text = new();
    private Pipeline<int> _pipeline = null!;
    private Func<IEnumerable<int>> _model = null!;
    private bool _ordered = true;
    private int _flattenings;

    /// <summary>What a pipeline or a branch of it should yield, and what it did.</summary>
    public readonly record struct Line(List<int> Seen, Func<IEnumerable<int>> Model, bool Ordered);

    public List<Line> Lines { get; } = [];

    /// <summary>No block has several inputs or outputs.</summary>
    public bool IsInLine { get; private set; } = true;

    /// <summary>A block has enough before its input ends.</summary>
    public bool EndsEarly { get; private set; }

    public override string ToString() => _text.ToString();

    public Pipeline Create()
    {
        Begin();
        for (int blocks = random.Next(0, 7); blocks > 0; blocks--)
        {
            Extend();
        }

        List<int> seen = [];
        Lines.Add(new Line(seen, _model, _ordered));
        return random.Next(2) == 0
            ? _pipeline.ForEach(item => seen.Add(Touched(item)))
            : _pipeline.ForEachAsync(
                async (int item) =>
                {
                    await MaybeYieldAsync(item);
                    seen.Add(Touched(item));
                },
                new() { Capacity = Capacity() });
    }

    private void Begin()
    {
        List<int> yielded = [];
        int count = random.Next(0, 300);
        int first = 1000 * random.Next(10);
        int kind = random.Next(3);
        _text.Append(CultureInfo.InvariantCulture, $" source {kind} of {count}");
        _model = Yielded;
        _pipeline = kind switch
        {
            0 => Pipeline.From(Items()),
            1 => Pipeline.From(ItemsAsync()),
            _ => Pipeline.Produce<int>(async (writer, token) =>
            {
                for (int i = 0; i < count && !token.IsCancellationRequested; i++)
                {
                    await writer.WriteAsync(first + i, token);
                    yielded.Add(first + i);
                }
            }),
        };

        // Not the list itself: Skip beyond the end of a list in a Concat throws in this version of Linq.
        IEnumerable<int> Yielded()
        {
            foreach (int item in yielded)
            {
                yield return item;
            }
        }

        IEnumerable<int> Items()
        {
            for (int i = 0; i < count; i++)
            {
                yielded.Add(Touched(first + i));
                yield return first + i;
            }
        }

        // Without a touch: an asynchronous producer that throws a cancellation after a stop has obeyed it, and has not failed.
        async IAsyncEnumerable<int> ItemsAsync()
        {
            for (int i = 0; i < count; i++)
            {
                await MaybeYieldAsync(i);
                yielded.Add(first + i);
                yield return first + i;
            }
        }
    }

    private void Extend()
    {
        Pipeline<int> before = _pipeline;
        Func<IEnumerable<int>> model = _model;
        int number = random.Next(1, 9);
        BlockOptions options = new() { Parallelism = random.Next(1, 17), Capacity = Capacity(), Ordered = random.Next(3) > 0 };
        if (random.Next(4) == 0)
        {
            options = options with { Parallelism = 1, AdaptiveParallelism = new() { Maximum = random.Next(1, 17) } };
        }

        int kind = random.Next(15);
        object workers = options.AdaptiveParallelism is { } adaptive ? $"up to {adaptive.Maximum}" : options.Parallelism;
        _text.Append(CultureInfo.InvariantCulture, $" | {kind}({number}, {workers}{(options.Ordered ? "" : "u")}, {options.Capacity})");
        switch (kind)
        {
            case 0:
                _pipeline = before.Select(x => Touched(x) + 1);
                _model = () => model().Select(x => x + 1);
                break;
            case 1:
                _pipeline = before.Select(x => Touched(x) + 1, options);
                _model = () => model().Select(x => x + 1);
                _ordered &= IsOrdered(options);
                break;
            case 2:
                _pipeline = before.SelectAsync(async x => { await MaybeYieldAsync(x); return Touched(x) + 1; }, options);
                _model = () => model().Select(x => x + 1);
                _ordered &= options.Ordered;
                break;
            case 3:
                _pipeline = before.Where(x => Touched(x) % number != 1);
                _model = () => model().Where(x => x % number != 1);
                break;
            case 4:
                _pipeline = before.WhereAsync(async x => { await MaybeYieldAsync(x); return Touched(x) % number != 1; }, options);
                _model = () => model().Where(x => x % number != 1);
                _ordered &= options.Ordered;
                break;
            case 5 when _ordered:
                EndsEarly = true;
                _pipeline = before.Take(20 * number);
                _model = () => model().Take(20 * number);
                break;
            case 6 when _ordered:
                _pipeline = before.Skip(number);
                _model = () => model().Skip(number);
                break;
            case 7:
                _pipeline = before.Batch(number).SelectMany(x => x, new() { Name = "flatten" });
                break;
            case 8:
                _pipeline = before.Batch(number, TimeSpan.Zero).SelectMany(x => x, new() { Name = "flatten" });
                break;
            case 9 when _flattenings++ < 2:
                options = options with { Name = "flatten", AdaptiveParallelism = null, Parallelism = random.Next(1, 17) };
                _pipeline = random.Next(2) == 0 ? before.SelectManyAsync(TwiceAsync, options) : before.SelectMany(Twice, options);
                _model = () => model().SelectMany(x => new[] { x, x });
                _ordered &= IsOrdered(options);
                break;
            case 10:
                IsInLine = false;
                List<int> seen = [];
                bool ordered = _ordered;
                Lines.Add(new Line(seen, ordered ? () => model().Take(25 * number) : model, ordered));
                _pipeline = before.Tee(branch => (ordered ? branch.Take(25 * number) : branch).ForEach(x => seen.Add(Touched(x))));
                break;
            case 11:
                IsInLine = false;
                Begin();
                Func<IEnumerable<int>> other = _model;
                _pipeline = Pipeline.Merge(before, _pipeline);
                _model = () => model().Concat(other());
                _ordered = false;
                break;
            case 12:
                IsInLine = false;
                _pipeline = before.Partition(x => Touched(x), random.Next(1, 4), lane => lane.SelectAsync(async x => { await MaybeYieldAsync(x); return x; }));
                _ordered = false;
                break;
            case 13:
                _pipeline = before.Parallel(
                    items => items.SelectMany(Twice, new() { Name = "flatten" }).Where(x => Touched(x) % number != 1).Select(x => x + 1), options);
                _model = () => model().SelectMany(x => new[] { x, x }).Where(x => x % number != 1).Select(x => x + 1);
                _ordered &= IsOrdered(options);
                break;
            default:
                _pipeline = before.Buffer(number);
                break;
        }
    }

    private static bool IsOrdered(BlockOptions options) => options.Ordered || (options.Parallelism == 1 && options.AdaptiveParallelism is null);

    private int Capacity() => random.Next(1, 9);

    private int Touched(int item)
    {
        touch();
        return item;
    }

    private static async ValueTask MaybeYieldAsync(int item)
    {
        if (item * 2654435761 % 7 < 3)
        {
            await Task.Yield();
        }
    }

    private IEnumerable<int> Twice(int item)
    {
        yield return Touched(item);
        yield return item;
    }

    private async IAsyncEnumerable<int> TwiceAsync(int item)
    {
        yield return Touched(item);
        await MaybeYieldAsync(item);
        yield return item;
    }
}
