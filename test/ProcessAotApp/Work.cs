using System.Runtime.InteropServices;
using System.Text.Json.Serialization;
using System.Threading.Channels;

namespace ProcessAotApp;

/// <summary>What the workers of this program do.</summary>
internal static class Work
{
    public static int Square(int number) => number * number;

    public static string Louder(string text) => text.ToUpperInvariant();

    public static Person Older(Person person) => person with { Age = person.Age + 1 };

    public static async Task<int> HalfAsync(int number, CancellationToken token)
    {
        await Task.Yield();
        return number / 2;
    }

    /// <summary>A native fault in one item.</summary>
    public static int Faults(int number)
    {
        if (number == 7)
        {
            Marshal.WriteByte(1 << 20, 0);
        }

        return number;
    }

    /// <summary>Nobody has registered it.</summary>
    public static int Unknown(int number) => number;

    /// <summary>It is registered, and its items are carried by nobody.</summary>
    public static Unsaid Say(Unsaid item) => item;

    public static async Task TripleAsync(ChannelReader<int> numbers, ChannelWriter<int> results, CancellationToken token)
    {
        await foreach (int number in numbers.ReadAllAsync(token))
        {
            await results.WriteAsync(3 * number, token);
        }
    }

    public static async Task PrintSumAsync(ChannelReader<int> numbers, CancellationToken token)
    {
        long sum = 0;
        await foreach (int number in numbers.ReadAllAsync(token))
        {
            sum += number;
        }

        Console.WriteLine($"consumed {sum}");
    }
}

/// <summary>A worker's resource.</summary>
internal sealed class Counter : IDisposable
{
    private int _count;

    public static Counter Create() => new();

    public static int Count(Counter counter, int number) => ++counter._count > 0 ? number : -1;

    public void Dispose() => Console.WriteLine("disposed");
}

internal sealed record Person(string Name, int Age);

internal sealed record Unsaid(string Text);

[JsonSerializable(typeof(Person))]
internal sealed partial class PersonJson : JsonSerializerContext;
