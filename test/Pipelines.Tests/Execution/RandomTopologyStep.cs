using System.Threading.Channels;

namespace Pipelines.Tests.Execution;

/// <summary>A block with one input and one output; of batches and lanes, the two or more blocks that bring single items back.</summary>
internal sealed class StepShape(string name, ITouched touched, Gene gene, Shape before) : Shape(name, touched)
{
    private int Number => gene.Number;

    private int Size => gene.Number + 1;

    private BlockOptions Options => gene.Options(Name);

    /// <summary>Whether it may have had enough before its input has ended.</summary>
    public static bool EndsEarly(Gene gene) => gene.Kind == 5;

    public const int Kinds = 27;

    public override Pipeline<int> Build()
    {
        Pipeline<int> input = before.Build();
        return gene.Kind switch
        {
            0 => input.Select(x => Touch(x) + 1, new() { Name = Name }),
            1 => input.Select(x => Touch(x) + 1, Options),
            2 => input.SelectAsync(async x => await TouchAsync(x) + 1, Options),
            3 => input.Where(x => Passes(Touch(x)), new() { Name = Name }),
            4 => input.WhereAsync(async x => Passes(await TouchAsync(x)), Options),
            5 => input.Take(Number * 2),
            6 => input.Skip(Number),
            7 => input.Scan(0, (state, x) => Fold(state, Touch(x)), new() { Name = Name }),
            8 => input.SelectMany(x => Repeat(Touch(x)), new() { Name = "flatten" + Name }),
            9 => input.SelectManyAsync(RepeatAsync, new() { Name = "flatten" + Name, Capacity = gene.Capacity }),
            10 => input.Batch(Size).SelectMany(x => x, new() { Name = "flatten" + Name }),
            11 => input.Batch(Size, TimeSpan.Zero).SelectMany(x => x, new() { Name = "flatten" + Name }),
            12 => input.Batch(Size, x => (Touch(x) & int.MaxValue) % 5, TimeSpan.FromHours(1), new() { Name = "Batch" + Name })
                .SelectMany(x => x, new() { Name = "flatten" + Name }),
            13 => input.Buffer(gene.Capacity),
            14 => input.Buffer(gene.Capacity, gene.Ordered ? BoundedChannelFullMode.DropOldest : BoundedChannelFullMode.DropWrite),
            15 => input.Partition(
                Touch, Lanes, lane => lane.SelectAsync(TouchAsync, new() { Name = "lane" + Name, Capacity = gene.Capacity }), comparer: null,
                new() { Name = Name }),
            16 => input.Select(x => Passes(x) ? x : throw new InvalidDataException(), Options with { OnError = ErrorPolicy.Skip }),
            17 => input.DistinctBy(x => Touch(x) % (Number + 1), comparer: null, new() { Name = Name }),
            18 => input.Append(Number),
            19 => input.Prepend(Number),
            20 => input.Pairwise().Select(pair => Fold(pair.Previous, Touch(pair.Current)), new() { Name = Name }),
            21 => input.Parallel(
                section => section.Select(x => Touch(x) + 1, new() { Name = "first" + Name }).Where(x => Passes(Touch(x)), new() { Name = Name })
                    .SelectMany(x => Repeat(Touch(x)), new() { Name = "flatten" + Name }),
                Options),
            22 => input.Parallel(
                section => section.SelectManyAsync(RepeatAsync, new() { Name = "flatten" + Name }).SelectAsync(TouchAsync, new() { Name = Name }), Options),
            23 => input.Parallel(
                section => section.Select(() => new MemoryStream(), (_, x) => Touch(x), new() { Name = "first" + Name })
                    .SelectMany(x => Repeat(Touch(x)), new() { Name = "flatten" + Name })
                    .Select(x => Passes(x) ? x : throw new InvalidDataException(), new() { Name = Name, OnError = ErrorPolicy.Skip }),
                Options),
            24 => input.Broadcast(
                a => a.Where(x => Passes(Touch(x)), new() { Name = "a" + Name }), b => b.SelectAsync(TouchAsync, Options with { Name = "b" + Name })).Merge(),
            25 => input.Broadcast(
                    a => a.Select(x => Touch(x) + 1, new() { Name = "a" + Name }),
                    b => b.SelectAsync(TouchAsync, Options with { Name = "b" + Name, Ordered = true })).Zip()
                .Select(both => Fold(both[0], both[1]), new() { Name = Name }),
            _ => input.Window(Size, Lanes).Select(window => Folded(window.Select(Touch)).Last(), new() { Name = Name }),
        };
    }

    public override Flow Compare(FlowCheck check, bool isWanted)
    {
        Flow input = before.Compare(check, isWanted && !EndsEarly(gene));
        bool isPool = gene.Parallelism > 1;
        Flow output = gene.Kind switch
        {
            0 => One(input.Each(items => items.Select(x => x + 1))),
            1 => One(Pooled(input.Each(items => items.Select(x => x + 1)))),
            2 => One(Pooled(input.Each(items => items.Select(x => x + 1)))),
            3 => One(input.Each(items => items.Where(Passes))),
            4 => One(Pooled(input.Each(items => items.Where(Passes)))),
            5 => One(input.ByPlace(items => items.Take(Number * 2)), "Take"),
            6 => One(input.ByPlace(items => items.Skip(Number)), "Skip"),
            7 => One(input.ByPlace(Folded)),
            8 or 9 => One(input.Each(items => items.SelectMany(Repeat)), "flatten" + Name, Loss.Any),
            10 => Batched(input.ByPlace(items => items.Chunk(Size).Select(batch => batch.Length))),
            11 or 12 => Batched(Flow.Unknown),
            13 => One(input, "Buffer"),
            14 => One(Flow.Unknown, "Buffer", Loss.Any),
            15 => Partitioned(),
            16 => One(Pooled(input.Each(items => items.Where(Passes))), Name, Loss.Failed),
            17 => One(input.Certainty == Certainty.Sequence ? input.ByPlace(items => items.DistinctBy(x => x % (Number + 1))) : Flow.Unknown),
            18 => One(input.ByPlace(items => items.Append(Number)), "Append", Loss.Any),
            19 => One(input.ByPlace(items => items.Prepend(Number)), "Prepend", Loss.Any),
            20 => Two("Pairwise", input.ByPlace(items => items.Zip(items.Skip(1), Fold))),
            21 => Section(),
            22 => AwaitedSection(),
            23 => LenientSection(),
            24 => Merged(),
            25 => Zipped(),
            _ => Two("Window", input.ByPlace(Windows)),
        };
        return output;

        Flow One(Flow output, string? name = null, Loss loss = Loss.Filtered)
        {
            check.Block(name ?? Name, input, output, isWanted, loss, EndsEarly(gene));
            return output;
        }

        Flow Pooled(Flow output) => isPool && !gene.Ordered ? output.AtMost(Certainty.Set) : output;

        Flow Batched(Flow batches)
        {
            check.Block("Batch", input, batches, isWanted, Loss.Any);
            check.Block("flatten" + Name, batches, input, isWanted, Loss.Any);
            return input;
        }

        Flow Two(string first, Flow output)
        {
            check.Block(first, input, output, isWanted, Loss.Any);
            check.Block(Name, output, output, isWanted);
            return output;
        }

        Flow Section()
        {
            Flow all = Pooled(input.Each(items => items.Select(x => x + 1)));
            Flow some = all.Each(items => items.Where(Passes));
            Flow results = some.Each(items => items.SelectMany(Repeat));
            check.Block("first" + Name, input, all, isWanted);
            check.Block(Name, all, some, isWanted);
            check.Block("flatten" + Name, some, results, isWanted, Loss.Any);
            return results;
        }

        Flow AwaitedSection()
        {
            Flow results = Pooled(input.Each(items => items.SelectMany(Repeat)));
            check.Block("flatten" + Name, input, results, isWanted, Loss.Any);
            check.Block(Name, results, results, isWanted);
            return results;
        }

        Flow LenientSection()
        {
            Flow all = Pooled(input);
            Flow results = all.Each(items => items.SelectMany(Repeat));
            Flow left = results.Each(items => items.Where(Passes));
            check.Block("first" + Name, input, all, isWanted);
            check.Block("flatten" + Name, all, results, isWanted, Loss.Any);
            check.Block(Name, results, left, isWanted, Loss.Any);
            return left;
        }

        Flow Merged()
        {
            Flow some = input.Each(items => items.Where(Passes));
            Flow others = Pooled(input);
            Flow both = new([.. some.Items, .. others.Items], some.Certainty < others.Certainty ? some.Certainty : others.Certainty);
            check.Block("Broadcast", input, input, isWanted);
            check.Block("a" + Name, input, some, isWanted);
            check.Block("b" + Name, input, others, isWanted);
            check.Block("Merge", both, both, isWanted);
            return both.AtMost(Certainty.Set);
        }

        Flow Zipped()
        {
            Flow more = input.Each(items => items.Select(x => x + 1));
            Flow pairs = input.Certainty == Certainty.Sequence ? input.Each(items => items.Select(x => Fold(x + 1, x)))
                : input.Certainty == Certainty.Nothing ? Flow.Unknown : input.AtMost(Certainty.Count);
            check.Block("Broadcast", input, input, isWanted);
            check.Block("a" + Name, input, more, isWanted);
            check.Block("b" + Name, input, input, isWanted);
            check.Block("Zip", Flow.Unknown, pairs, isWanted, Loss.Any);
            check.Block(Name, pairs, pairs, isWanted);
            return pairs;
        }

        Flow Partitioned()
        {
            check.Block(Name, input, input, isWanted);
            for (int lane = 0; lane < Lanes; lane++)
            {
                Flow share = input.Each(items => items.Where(x => LaneOf((uint)x.GetHashCode()) == lane));
                check.Block("lane" + Name, share, share, isWanted);
            }

            check.Block("Merge", input, input, isWanted);
            return input.AtMost(Certainty.Set);
        }
    }

    private int Lanes => 1 + (Number % 3);

    private bool Passes(int item) => item % (2 + (Number % 5)) != 1;

    private static int Fold(int state, int item) => (state * 5) + item;

    private static IEnumerable<int> Folded(IEnumerable<int> items)
    {
        int state = 0;
        return items.Select(x => state = Fold(state, x));
    }

    private IEnumerable<int> Windows(IEnumerable<int> items)
    {
        int[] all = [.. items];
        for (int first = 0; first + Size <= all.Length; first += Lanes)
        {
            yield return Folded(all[first..(first + Size)]).Last();
        }
    }

    private uint LaneOf(uint hash) => ((hash % (uint)Lanes) + (uint)(((ulong)(hash / (uint)Lanes * 2654435769u) * (uint)Lanes) >> 32)) % (uint)Lanes;

    private static IEnumerable<int> Repeat(int item) => Enumerable.Repeat(item, (item & int.MaxValue) % 3);

    private async IAsyncEnumerable<int> RepeatAsync(int item)
    {
        await TouchAsync(item);
        foreach (int one in Repeat(item))
        {
            yield return one;
            await Task.Yield();
        }
    }
}
