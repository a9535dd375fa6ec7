namespace Pipelines.Tests.Execution.Pool;

/// <summary>Walks through all sequences of choices of a program that is run again for each.</summary>
internal sealed class EveryPath
{
    private readonly List<(int Chosen, int Options)> _path = [];
    private int _at;

    /// <summary>One of so many, 0 first.</summary>
    public int Choose(int options)
    {
        if (_at == _path.Count)
        {
            _path.Add((0, options));
        }

        Assert.Equal(_path[_at].Options, options); // a program that depends on something else cannot be repeated
        return _path[_at++].Chosen;
    }

    /// <summary>Runs the program once for each sequence of choices, and returns how many there were.</summary>
    public static int Walk(Action<EveryPath> program)
    {
        var walk = new EveryPath();
        int paths = 0;
        do
        {
            walk._at = 0;
            program(walk);
            paths++;
        }
        while (walk.Next());
        return paths;
    }

    private bool Next()
    {
        while (_path.Count > 0)
        {
            (int chosen, int options) = _path[^1];
            _path.RemoveAt(_path.Count - 1);
            if (chosen + 1 < options)
            {
                _path.Add((chosen + 1, options));
                return true;
            }
        }

        return false;
    }
}
