using System.Collections;

namespace Pipelines.Execution;

/// <summary>Rows of a final report, made when somebody reads them: the counts do not change any more, and most runs are not asked.</summary>
internal abstract class FinalRows<T> : IReadOnlyList<T>
{
    private T[]? _rows;

    private T[] Rows => _rows ?? Interlocked.CompareExchange(ref _rows, Make(), null) ?? _rows;

    public int Count => Rows.Length;

    public T this[int index] => Rows[index];

    public IEnumerator<T> GetEnumerator() => ((IEnumerable<T>)Rows).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    protected abstract T[] Make();
}
