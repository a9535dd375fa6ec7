using System.Collections.Immutable;
using System.Globalization;
using System.Numerics;

namespace Pipelines.Processes.Tests.Codec;

public sealed class CodecTests
{
    [Theory]
    [MemberData(nameof(Values))]
    public void RoundTrip_WhatCanBeCarried_IsEqual(object value) =>
        typeof(CodecTests).GetMethod(nameof(AssertSame), System.Reflection.BindingFlags.Static | System.Reflection.BindingFlags.NonPublic)!
            .MakeGenericMethod(value.GetType()).Invoke(null, [value]);

    public static TheoryData<object> Values() =>
    [
        42, -1L, (byte)7, 'x', true, 1.5, 2.5m, DayOfWeek.Friday, Guid.Parse("12345678-1234-1234-1234-123456789abc"), DateTime.UnixEpoch,
        new DateTimeOffset(2026, 11, 26, 7, 0, 0, TimeSpan.FromHours(3)), TimeSpan.FromSeconds(3), new DateOnly(2026, 11, 26), new TimeOnly(7, 30),
        Int128.MaxValue, Half.One, new Complex(1, 2), new Vector3(1, 2, 3), BigInteger.Parse("123456789012345678901234567890", CultureInfo.InvariantCulture),
        "", "text", "Ωμέγα \U0001F600\0end", new Uri("https://example.org/a?b=c"), new Uri("relative/path", UriKind.Relative), new Version(1, 2, 3),
        CultureInfo.GetCultureInfo("de-CH"), System.Net.IPAddress.Parse("::1"),
        Array.Empty<int>(), new[] { 1, 2, 3 }, new[] { "a", null, "" }, new[] { new[] { 1 }, [] }, new List<string> { "a", "b" }, new List<int>(),
        new Dictionary<string, int> { ["a"] = 1, ["b"] = 2 }, new HashSet<string> { "x", "y" }, new Queue<int>([1, 2, 3]), new Stack<int>([1, 2, 3]),
        new LinkedList<int>([3, 1]), new SortedSet<string> { "b", "a" }, new SortedDictionary<string, List<int>> { ["k"] = [1, 2] },
        ImmutableArray.Create("a", "b"), ImmutableList.Create(1, 2), new ArraySegment<int>([1, 2, 3, 4], 1, 2), (1, "two", 3.0), Tuple.Create("a", 1),
        KeyValuePair.Create("k", 1), new { Name = "anonymous", Value = 3 },
        new Person("Ada", 36, new Address("Here", null), [new Address("There", 12)], Colour.Green),
        new Struct { Number = 3, Text = "s", Maybe = 4, Nothing = null, Deep = (1, "d") },
        new WithPrivate(3, "hidden"), new Derived("base's", "own"), new Generic<List<int>>([1, 2]),
        new Tree("root", [new Tree("leaf", []), new Tree("leaf", [])]),
    ];

    [Fact]
    public void RoundTrip_Null_IsNull()
    {
        Assert.Null(Carried<string?>(null));
        Assert.Null(Carried<Person?>(null));
        Assert.Null(Carried<int[]?>(null));
        Assert.Null(Carried<List<string>?>(null));
        Assert.Null(Carried<int?>(null));
        Assert.Equal(5, Carried<int?>(5));
        Assert.True(Carried(default(ImmutableArray<int>)).IsDefault);
    }

    [Fact]
    public void RoundTrip_Memory_IsEqual() => Assert.Equal([2, 3], Carried<ReadOnlyMemory<byte>>(new byte[] { 1, 2, 3, 4 }.AsMemory(1, 2)).ToArray());

    [Fact]
    public void RoundTrip_EqualObjects_AreTwoBehindIt()
    {
        var same = new Address("same", 1);
        Address[] carried = Carried(new[] { same, same });
        Assert.Equal(carried[0], carried[1]);
        Assert.NotSame(carried[0], carried[1]);
    }

    [Theory]
    [InlineData(typeof(object), "Object cannot be carried", "may be anything")]
    [InlineData(typeof(Order), "Order.Customer.Avatar", "Stream is abstract")]
    [InlineData(typeof(WithLock), "WithLock._lock", "Object may be anything")]
    [InlineData(typeof(WithEvent), "WithEvent.Changed", "is code")]
    [InlineData(typeof(WithHandle), "WithHandle.Handle", "is an address or a handle")]
    [InlineData(typeof(WithInterface), "WithInterface.Names", "IReadOnlyList<String> is abstract")]
    [InlineData(typeof(List<Order>), "List<Order>[].Customer.Avatar", "abstract")]
    [InlineData(typeof(Dictionary<string, Order>), "Dictionary<String, Order>[].value.Customer.Avatar", "abstract")]
    [InlineData(typeof(CancellationToken), "CancellationToken", "hides what it is made of")]
    [InlineData(typeof(Lazy<int>), "Lazy<Int32>", "hides")]
    [InlineData(typeof(Task<int>), "Task<Int32>", "hides")]
    [InlineData(typeof(OwnList), "OwnList", "derives from List<Int32>")]
    [InlineData(typeof(Closed), "Closed", "is disposed")]
    [InlineData(typeof(Finalized), "Finalized", "has a finalizer")]
    [InlineData(typeof(int[,]), "Int32[,]", "several dimensions")]
    [InlineData(typeof(InvalidOperationException), "InvalidOperationException", "hides")]
    [InlineData(typeof((int, Action)), "ValueTuple<Int32, Action>.Item2", "is code")]
    public void For_WhatCannotBeCarriedWhole_IsRefusedByName(Type type, string path, string reason)
    {
        System.Reflection.TargetInvocationException thrown = Assert.Throws<System.Reflection.TargetInvocationException>(
            () => typeof(Codecs).GetMethod(nameof(Codecs.For))!.MakeGenericMethod(type).Invoke(new Codecs([]), []));
        NotSupportedException refused = Assert.IsType<NotSupportedException>(thrown.InnerException);
        Assert.Contains(path, refused.Message, StringComparison.Ordinal);
        Assert.Contains(reason, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_ObjectThatContainsItself_IsRefused()
    {
        var node = new Node();
        node.Next = node;
        Assert.Contains("contains itself", Assert.Throws<NotSupportedException>(() => Carried(node)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_MoreThanItsTypeSays_IsRefused()
    {
        NotSupportedException refused = Assert.Throws<NotSupportedException>(() => Carried<Base>(new Derived("a", "b")));
        Assert.Contains("Derived is in the place of a Base", refused.Message, StringComparison.Ordinal);
        Assert.Throws<NotSupportedException>(() => Carried<object?[]>(["a"]));
        Assert.Throws<NotSupportedException>(() => Carried(new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase)));
        Assert.Throws<NotSupportedException>(() => Carried(new HashSet<string>(StringComparer.OrdinalIgnoreCase)));
    }

    [Fact]
    public void For_UsersSerializer_ComesFirst()
    {
        var codecs = new Codecs([typeof(StreamName)]);
        var scratch = new Scratch();
        var writer = new ItemWriter([], scratch);
        Codec<Order> codec = codecs.For<Order>();
        codec.Write(ref writer, new Order(1, new Customer("c", new MemoryStream([1, 2]))));
        var reader = new ItemReader(writer.Written);
        Assert.Equal(2, codec.Read(ref reader).Customer.Avatar.Length);
    }

    private static void AssertSame<T>(T value)
    {
        T carried = Carried(value);
        if (value is System.Collections.IEnumerable and not string)
        {
            Assert.Equal((System.Collections.IEnumerable)value, (System.Collections.IEnumerable)carried!);
        }
        else
        {
            Assert.Equivalent(value, carried, strict: true);
        }

        Assert.Equal(value is WithPrivate, carried is WithPrivate { Hidden: "hidden" });
    }

    internal static T Carried<T>(T value)
    {
        Codec<T> codec = new Codecs([]).For<T>();

        // Whether the memory that is given is enough or not must not matter.
        byte[]? first = null;
        T carried = default!;
        foreach (int room in (int[])[0, 3, 64, 4096])
        {
            var writer = new ItemWriter(new byte[room], new Scratch());
            codec.Write(ref writer, value);
            first ??= writer.Written.ToArray();
            Assert.Equal(first, writer.Written.ToArray());
            var reader = new ItemReader(writer.Written);
            carried = codec.Read(ref reader);
            reader.End();
        }

        return carried;
    }
}
