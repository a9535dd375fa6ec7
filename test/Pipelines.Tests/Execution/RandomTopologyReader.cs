namespace Pipelines.Tests.Execution;

/// <summary>Reads genes as a topology.</summary>
internal sealed class RandomTopologyReader(Gene[] genes, ITouched touched)
{
    private const int LastFork = StepShape.Kinds + 2;

    private int _next;
    private int _sources;

    /// <summary>Whether a block may have had enough before its input has ended.</summary>
    public static bool EndsEarly(Gene gene) => gene.Kind > LastFork ? gene.Number % 3 == 2 : gene.Kind < StepShape.Kinds && StepShape.EndsEarly(gene);

    public LineShape Read()
    {
        Shape shape = Source();
        while (_next < genes.Length)
        {
            (shape, _) = Extended(shape, genes.Length);
        }

        return new LineShape("main", touched, shape, genes[0]);
    }

    private SourceShape Source()
    {
        Gene gene = _next < genes.Length ? genes[_next] : default;
        return new SourceShape("source" + _next++, touched, gene, 1000 * _sources++);
    }

    /// <summary>Reads one gene, and as many more as its branch or its other input takes.</summary>
    private (Shape Shape, bool EndsEarly) Extended(Shape before, int limit)
    {
        Gene gene = genes[_next];
        string name = "block" + _next++;
        switch (gene.Kind)
        {
            case >= StepShape.Kinds and <= LastFork:
                var input = new BranchInput(touched);
                (Shape end, bool endsEarly) = Line(input, gene.Parallelism % 4, limit);
                var branch = new LineShape("branch" + name, touched, end, gene) { IsWanted = !endsEarly };
                return (new ForkShape(name, touched, gene, before, input, branch), false);
            case > LastFork:
                (Shape other, _) = Line(Source(), gene.Parallelism % 4, limit);
                return (new JoinShape(name, touched, gene, before, other), EndsEarly(gene));
            default:
                return (new StepShape(name, touched, gene, before), EndsEarly(gene));
        }
    }

    private (Shape Shape, bool EndsEarly) Line(Shape from, int length, int limit)
    {
        Shape shape = from;
        bool endsEarly = false;
        for (int i = 0; i < length && _next < limit; i++)
        {
            (shape, bool ends) = Extended(shape, limit);
            endsEarly |= ends;
        }

        return (shape, endsEarly);
    }
}
