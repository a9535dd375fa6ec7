using System.Text;

namespace Pipelines.Processes;

/// <summary>The end of what a process has printed, for whoever wants to know why it died.</summary>
internal sealed class OutputTail
{
    private const int Most = 2048;

    private readonly byte[] _bytes = new byte[Most];
    private long _written;

    /// <summary>One thread writes.</summary>
    public void Add(ReadOnlySpan<byte> bytes)
    {
        lock (_bytes)
        {
            foreach (byte each in bytes.Length > Most ? bytes[^Most..] : bytes)
            {
                _bytes[_written++ % Most] = each;
            }
        }
    }

    public override string ToString()
    {
        lock (_bytes)
        {
            int length = (int)Math.Min(_written, Most);
            byte[] last = new byte[length];
            for (int i = 0; i < length; i++)
            {
                last[i] = _bytes[(_written - length + i) % Most];
            }

            return Encoding.UTF8.GetString(last).Trim();
        }
    }
}
