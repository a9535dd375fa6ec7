using System.Buffers;

#pragma warning disable CA1812, CS0649, CS0067, CS0169, IDE0044, IDE0051, IDE0052 // Shapes to be carried or refused: nobody uses them otherwise.

namespace Pipelines.Processes.Tests.Codec;

internal enum Colour : byte
{
    Red,
    Green,
}

internal sealed record Address(string Street, int? Number);

internal sealed record Person(string Name, int Age, Address Home, Address[] Others, Colour Colour);

internal sealed record Tree(string Name, Tree[] Children)
{
    public bool Equals(Tree? other) => other is not null && Name == other.Name && Children.SequenceEqual(other.Children);

    public override int GetHashCode() => Name.GetHashCode(StringComparison.Ordinal);
}

internal struct Struct
{
    public int Number;
    public string Text;
    public int? Maybe;
    public int? Nothing;
    public (int, string) Deep;
}

internal sealed class WithPrivate(int shown, string hidden)
{
    private readonly string _hidden = hidden;

    public int Shown { get; } = shown;

    public string Hidden => _hidden;
}

internal class Base(string secret)
{
    private readonly string _secret = secret;

    public string Secret => _secret;
}

internal sealed class Derived(string secret, string own) : Base(secret)
{
    public string Own { get; } = own;
}

internal sealed record Generic<T>(T Value);

internal sealed class Node
{
    public Node? Next { get; set; }
}

internal sealed record Customer(string Name, Stream Avatar);

internal sealed record Order(int Number, Customer Customer);

internal sealed class WithLock
{
    private readonly object _lock = new();

    public int Value { get; set; }
}

internal sealed class WithEvent
{
    public event Action? Changed;
}

internal sealed record WithHandle(nint Handle);

internal sealed record WithInterface(IReadOnlyList<string> Names);

internal sealed class OwnList : List<int>;

internal sealed class Closed : IDisposable
{
    public void Dispose()
    {
    }
}

internal sealed class Finalized
{
    ~Finalized() => GC.KeepAlive(this);
}

internal sealed class StreamName : IItemSerializer<Stream>
{
    public void Serialize(Stream item, IBufferWriter<byte> output) => output.Write(((MemoryStream)item).ToArray());

    public Stream Deserialize(ReadOnlySequence<byte> input) => new MemoryStream(input.ToArray());
}
