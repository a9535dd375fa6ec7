namespace Pipelines.Processes;

/// <summary>Writes values of a type as bytes and reads them again, in another process of the same build.</summary>
/// <remarks>Positional: nothing says what follows, since both sides know. Every value takes a byte at least, so that a count can be checked against what is
/// left before anything is allocated.</remarks>
internal abstract class Codec<T>
{
    public abstract void Write(ref ItemWriter writer, in T value);

    public abstract T Read(ref ItemReader reader);
}
