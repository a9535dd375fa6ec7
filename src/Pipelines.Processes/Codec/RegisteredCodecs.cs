using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Pipelines.Processes;

/// <summary>How a program without reflection carries items: values that are nothing but their bytes, arrays of the simple ones and text by itself, and else as
/// it was told.</summary>
internal sealed class RegisteredCodecs
{
    private readonly Dictionary<Type, object> _told = [];
    private readonly List<JsonSerializerContext> _contexts = [];

    public void Add<T>(Codec<T> codec) => _told[typeof(T)] = codec;

    public void Add(JsonSerializerContext context) => _contexts.Add(context);

    /// <summary>Null: nobody has said how.</summary>
    public Codec<T>? For<T>()
    {
        if (_told.TryGetValue(typeof(T), out object? told))
        {
            return (Codec<T>)told;
        }

        if ((KnownCodecs.Of(typeof(T)) ?? Simple(typeof(T))) is { } known)
        {
            return (Codec<T>)known;
        }

        foreach (JsonSerializerContext context in _contexts)
        {
            if (context.GetTypeInfo(typeof(T)) is JsonTypeInfo<T> type)
            {
                return new JsonCodec<T>(type);
            }
        }

        // Nobody looks into it here: an address in the middle of it is sent as it is.
        return RuntimeHelpers.IsReferenceOrContainsReferences<T>() || typeof(T) == typeof(nint) || typeof(T) == typeof(nuint) || typeof(T) == typeof(GCHandle)
            ? null
            : new RawCodec<T>();
    }

    private static object? Simple(Type type) =>
        type == typeof(byte[]) ? new RawArrayCodec<byte>()
        : type == typeof(char[]) ? new RawArrayCodec<char>()
        : type == typeof(short[]) ? new RawArrayCodec<short>()
        : type == typeof(int[]) ? new RawArrayCodec<int>()
        : type == typeof(long[]) ? new RawArrayCodec<long>()
        : type == typeof(float[]) ? new RawArrayCodec<float>()
        : type == typeof(double[]) ? new RawArrayCodec<double>()
        : type == typeof(decimal[]) ? new RawArrayCodec<decimal>()
        : type == typeof(string[]) ? new ArrayCodec<string?>(new TextCodec())
        : null;
}

/// <summary>By what the compiler has generated for JSON.</summary>
internal sealed class JsonCodec<T>(JsonTypeInfo<T> type) : Codec<T>
{
    public override void Write(ref ItemWriter writer, in T value)
    {
        byte[] text = JsonSerializer.SerializeToUtf8Bytes(value, type);
        writer.WriteCount(text.Length);
        writer.WriteBytes(text);
    }

    public override T Read(ref ItemReader reader) => JsonSerializer.Deserialize(reader.ReadBytes(reader.ReadCount()), type)!;
}
