using System.Globalization;

namespace Pipelines.Tests.Execution;

/// <summary>What is known about the items at one place of a topology.</summary>
internal enum Certainty
{
    Nothing,
    Count,
    Set,
    Sequence,
}

/// <summary>What the sequential model says about the items at one place.</summary>
internal sealed record Flow(IReadOnlyList<int> Items, Certainty Certainty)
{
    public static Flow Unknown { get; } = new([], Certainty.Nothing);

    public Flow AtMost(Certainty certainty) => Certainty > certainty ? this with { Certainty = certainty } : this;

    /// <summary>The model of a block that looks at each item alone.</summary>
    public Flow Each(Func<IEnumerable<int>, IEnumerable<int>> change) => Certainty < Certainty.Set ? Unknown : this with { Items = [.. change(Items)] };

    /// <summary>The model of a block that goes by how many items came before.</summary>
    public Flow ByPlace(Func<IEnumerable<int>, IEnumerable<int>> change) =>
        Certainty == Certainty.Nothing ? this
        : new([.. change(Items)], Certainty == Certainty.Sequence ? Certainty.Sequence : Certainty.Count);
}

/// <summary>Where a block's items stay that do not come out of it, by the model.</summary>
internal enum Loss
{
    Filtered,
    Failed,

    /// <summary>It counts its two sides in different units, or it drops: conservation is tested elsewhere.</summary>
    Any,
}

/// <summary>Compares the report of a run, row by row from upstream to downstream, with the sequential model.</summary>
/// <param name="report">Of the run, after its end.</param>
/// <param name="isWhole">Whether everything that the sources yielded went its way, as it does unless the run is aborted.</param>
/// <param name="context">For messages.</param>
internal sealed class FlowCheck(PipelineReport report, bool isWhole, string context)
{
    private int _row = -1;
    private bool _isWhole = isWhole;

    public bool HasSeenAll => _row == report.Blocks.Count - 1;

    /// <summary>Compares a part of the topology that may never have been started.</summary>
    public Flow Unstarted(Shape shape)
    {
        int before = _row + 1;
        (bool whole, _isWhole) = (_isWhole, false);
        Flow flow = shape.Compare(this, isWanted: false);
        _isWhole = whole;
        bool nothingCame = _row >= before && report.Blocks.Take(before..(_row + 1)).All(row => row.Out == 0);
        return nothingCame ? new([], flow.Certainty) : flow;
    }

    /// <summary>The row of a producer: the model goes by what it has yielded.</summary>
    public Flow Source(string name, IEnumerable<int> items, int count, bool isWanted, bool isStopped)
    {
        BlockReport row = Next(name);
        Check(row.Out <= count && (row.Out == count || !_isWhole || !isWanted || isStopped), row, $"It should have yielded {count}.");
        return new([.. items.Take((int)row.Out)], Certainty.Sequence);
    }

    /// <summary>The row of a block.</summary>
    /// <param name="name">How the block's name begins.</param>
    /// <param name="input">What goes in.</param>
    /// <param name="output">What comes out.</param>
    /// <param name="isWanted">Whether nobody downstream ends early.</param>
    /// <param name="loss">Where the difference is.</param>
    /// <param name="endsEarly">Whether it may have had enough before its input has ended.</param>
    public void Block(string name, Flow input, Flow output, bool isWanted, Loss loss = Loss.Filtered, bool endsEarly = false)
    {
        BlockReport row = Next(name);
        bool exact = _isWhole && isWanted;
        Compare(row, "In", row.In, input, exact && !endsEarly);
        Compare(row, "Out", row.Out, output, exact);
        if (loss != Loss.Any)
        {
            Check((loss == Loss.Filtered ? row.Failed : row.Filtered) <= 1 && row.Dropped == 0, row, "It lost items elsewhere.");
        }
    }

    /// <summary>What a consumer has seen.</summary>
    public void Consumer(string name, Flow expected, List<int> seen)
    {
        BlockReport row = Next(name);
        Compare(row, "In", row.In, expected, _isWhole);
        Check(row.Out == seen.Count, row, $"It has consumed {seen.Count}.");
        Compare(row, "Out", row.Out, expected, _isWhole);
        switch (expected.Certainty)
        {
            case Certainty.Sequence:
                Check(seen.SequenceEqual(expected.Items.Take(seen.Count)), row, $"It should have consumed {Text(expected.Items)}, and did {Text(seen)}.");
                break;
            case Certainty.Set:
                Dictionary<int, int> left = expected.Items.CountBy(item => item).ToDictionary();
                Check(
                    seen.TrueForAll(item => left.TryGetValue(item, out int count) && (left[item] = count - 1) >= 0),
                    row,
                    $"It should have consumed, in any order, {Text(expected.Items)}, and did {Text(seen)}.");
                break;
        }
    }

    private static string Text(IEnumerable<int> items) => string.Join(", ", items);

    private void Compare(BlockReport row, string what, long actual, Flow expected, bool exact)
    {
        if (expected.Certainty != Certainty.Nothing)
        {
            int count = expected.Items.Count;
            Check(exact ? actual == count : actual <= count, row, string.Create(CultureInfo.InvariantCulture, $"{what} is {actual}, by the model " +
                $"{(exact ? "" : "at most ")}{count}."));
        }
    }

    private BlockReport Next(string name)
    {
        BlockReport row = report.Blocks[++_row];
        Check(row.Name.StartsWith(name, StringComparison.Ordinal), row, $"It should be '{name}'.");
        return row;
    }

    private void Check(bool holds, BlockReport row, string what) => Assert.True(holds, $"'{row.Name}': {what}\n{context}\n{report}");
}
