namespace Pipelines.Processes;

/// <summary>Puts an item together that came in several frames.</summary>
internal sealed class PartBuffer
{
    private readonly Scratch _scratch = new();
    private byte[] _bytes = [];
    private int _length;

    public void Add(ReadOnlySpan<byte> part)
    {
        _bytes = _scratch.Grow((long)_length + part.Length, _bytes.AsSpan(0, _length));
        part.CopyTo(_bytes.AsSpan(_length));
        _length += part.Length;
    }

    /// <summary>The whole item, whose last part this is, until the next part is added.</summary>
    public ReadOnlySpan<byte> Whole(ReadOnlySpan<byte> last)
    {
        if (_length == 0)
        {
            return last;
        }

        Add(last);
        ReadOnlySpan<byte> whole = _bytes.AsSpan(0, _length);
        Forget();
        return whole;
    }

    public void Forget()
    {
        _length = 0;
        _scratch.Trim();
    }
}
