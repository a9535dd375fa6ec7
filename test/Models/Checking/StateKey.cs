namespace Pipelines.Models.Checking;

/// <summary>Writes down a state, all of it: two states are the same if the same was written.</summary>
internal sealed class StateKey
{
    private readonly Dictionary<object, int> _objects = new(ReferenceEqualityComparer.Instance);
    private byte[] _bytes = new byte[256];
    private int _length;

    public void Add(int value)
    {
        if (_length + 5 > _bytes.Length)
        {
            Array.Resize(ref _bytes, 2 * _bytes.Length);
        }

        // Most numbers are small, and take a byte.
        if (value is >= 0 and < 255)
        {
            _bytes[_length++] = (byte)value;
        }
        else
        {
            _bytes[_length++] = 255;
            BitConverter.TryWriteBytes(_bytes.AsSpan(_length), value);
            _length += 4;
        }
    }

    public void Add(object? value)
    {
        if (value is null)
        {
            Add(0);
            return;
        }

        if (!_objects.TryGetValue(value, out int number))
        {
            _objects.Add(value, number = _objects.Count + 1);
        }

        Add(number);
    }

    /// <summary>What was written; the next begins anew.</summary>
    public Written Take()
    {
        byte[] bytes = _bytes.AsSpan(0, _length).ToArray();
        _length = 0;
        return new Written(bytes);
    }

    internal readonly struct Written(byte[] bytes) : IEquatable<Written>
    {
        private readonly byte[] _bytes = bytes;

        public bool Equals(Written other) => _bytes.AsSpan().SequenceEqual(other._bytes);

        public override bool Equals(object? obj) => obj is Written other && Equals(other);

        public override int GetHashCode()
        {
            var hash = new HashCode();
            hash.AddBytes(_bytes);
            return hash.ToHashCode();
        }
    }
}
