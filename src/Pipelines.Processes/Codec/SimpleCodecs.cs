using System.Buffers;
using System.Globalization;
using System.Net;
using System.Numerics;

namespace Pipelines.Processes;

/// <summary>Values that are nothing but their own bytes: copied as they lie in memory.</summary>
internal sealed class RawCodec<T> : Codec<T>
{
    public override void Write(ref ItemWriter writer, in T value) => writer.WriteRaw(value);

    public override T Read(ref ItemReader reader) => reader.ReadRaw<T>();
}

/// <summary>Text, as it lies in memory.</summary>
internal sealed class TextCodec : Codec<string?>
{
    public override void Write(ref ItemWriter writer, in string? value) => writer.WriteText(value);

    public override string? Read(ref ItemReader reader) => reader.ReadText();
}

/// <summary>A value or none.</summary>
internal sealed class NullableCodec<T>(Codec<T> value) : Codec<T?>
    where T : struct
{
    public override void Write(ref ItemWriter writer, in T? optional)
    {
        writer.WriteByte(optional.HasValue ? (byte)1 : (byte)0);
        if (optional is { } present)
        {
            value.Write(ref writer, present);
        }
    }

    public override T? Read(ref ItemReader reader) => reader.ReadByte() == 0 ? null : value.Read(ref reader);
}

/// <summary>What can be made again from another value.</summary>
internal sealed class ConvertedCodec<T, TCarried>(Codec<TCarried> carried, Func<T, TCarried> convert, Func<TCarried, T> restore) : Codec<T>
{
    public override void Write(ref ItemWriter writer, in T value)
    {
        writer.WriteByte(value is null ? (byte)0 : (byte)1);
        if (value is not null)
        {
            carried.Write(ref writer, convert(value));
        }
    }

    public override T Read(ref ItemReader reader) => reader.ReadByte() == 0 ? default! : restore(carried.Read(ref reader));
}

/// <summary>By a serializer of the user's, which gets its bytes as a whole.</summary>
internal sealed class SerializerCodec<T>(IItemSerializer<T> serializer) : Codec<T>
{
    public override void Write(ref ItemWriter writer, in T value)
    {
        var output = new ArrayBufferWriter<byte>();
        serializer.Serialize(value, output);
        writer.WriteCount(output.WrittenCount);
        writer.WriteBytes(output.WrittenSpan);
    }

    public override T Read(ref ItemReader reader) =>
        serializer.Deserialize(new ReadOnlySequence<byte>(reader.ReadBytes(reader.ReadCount()).ToArray()));
}

/// <summary>Types of the framework that keep more than their value, and can be made again from that.</summary>
internal static class KnownCodecs
{
    /// <summary>Null: it is none of them. By name first: to look whether it is one would load all of them.</summary>
    public static object? Of(Type type) => type.Namespace switch
    {
        "System" when type == typeof(string) => new TextCodec(),
        "System" or "System.Globalization" => OfBase(type),
        "System.Net" or "System.Numerics" => OfOthers(type),
        "Pipelines.Processes" when type == typeof(SharedNumber) =>
            new ConvertedCodec<SharedNumber, string?>(new TextCodec(), number => number.Path, path => SharedNumber.Open(path!)),
        _ => null,
    };

    private static object? OfBase(Type type) =>
        type == typeof(Uri) ? new ConvertedCodec<Uri, string?>(
            new TextCodec(), uri => uri.OriginalString, text => new Uri(text!, UriKind.RelativeOrAbsolute))
        : type == typeof(Version) ? new ConvertedCodec<Version, string?>(new TextCodec(), version => version.ToString(), text => Version.Parse(text!))
        : type == typeof(CultureInfo) ? new ConvertedCodec<CultureInfo, string?>(
            new TextCodec(), culture => culture.Name, name => CultureInfo.GetCultureInfo(name!))
        : null;

    private static object? OfOthers(Type type) =>
        type == typeof(IPAddress) ? new ConvertedCodec<IPAddress, string?>(new TextCodec(), address => address.ToString(), text => IPAddress.Parse(text!))
        : type == typeof(BigInteger) ? new ConvertedCodec<BigInteger, byte[]?>(
            new RawArrayCodec<byte>(), number => number.ToByteArray(), bytes => new BigInteger(bytes!))
        : null;
}
