using CsCheck;

namespace Pipelines.Processes.Tests.Codec;

/// <summary>The other process may have lost its mind: whatever bytes come, nothing is allocated that was not checked, and nothing is read beyond
/// them.</summary>
public sealed class DamageTests
{
    private static readonly Person s_person = new("Ada Lovelace", 36, new Address("Here", null), [new Address("There", 12), new Address("", 1)], Colour.Green);

    [Fact]
    public void Read_AnyDamage_IsReadOrRefused()
    {
        Codec<List<Person>> codec = new Codecs([]).For<List<Person>>();
        var writer = new ItemWriter([], new Scratch());
        codec.Write(ref writer, [s_person, s_person]);
        byte[] whole = writer.Written.ToArray();
        Gen.Int[0, whole.Length - 1].Select(Gen.Byte, Gen.Int[0, whole.Length]).Sample((at, value, length) =>
        {
            byte[] damaged = whole[..length];
            if (at < length)
            {
                damaged[at] = value;
            }

            Read(codec, damaged);
        });
    }

    [Fact]
    public void Read_AnyBytes_IsReadOrRefused()
    {
        Codec<Dictionary<string, Person[]>> codec = new Codecs([]).For<Dictionary<string, Person[]>>();
        Gen.Byte.Array[0, 200].Sample(bytes => Read(codec, bytes));
    }

    private static void Read<T>(Codec<T> codec, byte[] bytes)
    {
        try
        {
            var reader = new ItemReader(bytes);
            codec.Read(ref reader);
            reader.End();
        }
        catch (Exception error) when (error is InvalidDataException or ArgumentException)
        {
            // A count that is none, or a key that is there twice.
        }
    }
}
