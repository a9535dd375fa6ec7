using CsCheck;

namespace Pipelines.Processes.Tests.Wire;

public sealed class ByteRingTests
{
    private const int Size = 4096;

    private readonly byte[] _memory = GC.AllocateArray<byte>(Size, pinned: true);
    private readonly long[] _words = GC.AllocateArray<long>(64, pinned: true);

    [Fact]
    public void TryPeek_FrameThatIsNotPublished_IsNotThere()
    {
        ByteRing writer = Ring();
        ByteRing reader = Ring();
        Assert.True(writer.TryWrite(Frame.Item, [1, 2, 3]));
        Span<byte> half = writer.Reserve(100);
        half.Fill(9); // the writer dies in the middle of the second frame, and behind the edge of the first
        Assert.False(reader.TryPeek(out _, out _));
        writer.Publish();
        Assert.True(reader.TryPeek(out Frame kind, out ReadOnlySpan<byte> bytes));
        Assert.Equal(Frame.Item, kind);
        Assert.Equal([1, 2, 3], bytes.ToArray());
        reader.Take();
        Assert.False(reader.TryPeek(out _, out _));
    }

    [Fact]
    public void WriteAndRead_AnyLengthsInAnyTurns_ComeOutAsTheyWentIn() =>
        Gen.Select(Gen.Int[0, (Size / 4) - 4], Gen.Bool, Gen.Bool).Array[1, 200].Sample(steps =>
        {
            Array.Clear(_memory);
            Array.Clear(_words);
            (ByteRing writer, ByteRing reader) = (Ring(), Ring());
            var sent = new Queue<byte[]>();
            foreach ((int length, bool publish, bool read) in steps)
            {
                byte[] frame = new byte[length];
                Array.Fill(frame, (byte)length);
                if (writer.TryWrite(Frame.Item, frame))
                {
                    sent.Enqueue(frame);
                }
                else
                {
                    // Never refused for ever: an empty ring takes the longest frame wherever its positions are.
                    writer.Publish();
                    Drain(reader, sent);
                    Assert.Empty(sent);
                    Assert.True(writer.TryWrite(Frame.Item, frame));
                    sent.Enqueue(frame);
                }

                if (publish)
                {
                    writer.Publish();
                }

                if (read)
                {
                    Drain(reader, sent);
                }
            }

            writer.Publish();
            Drain(reader, sent);
            Assert.Empty(sent);
        }, threads: 1);

    [Fact]
    public async Task WriteAndRead_TwoThreads_LoseNothing()
    {
        (ByteRing writer, ByteRing reader) = (Ring(), Ring());
        const int Count = 200_000;
        Task writing = Task.Run(() =>
        {
            for (int i = 0; i < Count;)
            {
                if (writer.TryWrite(Frame.Item, BitConverter.GetBytes(i).AsSpan(0, 1 + (i % 4))))
                {
                    writer.Publish();
                    i++;
                }
                else
                {
                    Thread.Yield();
                }
            }
        });
        for (int i = 0; i < Count;)
        {
            if (!reader.TryPeek(out _, out ReadOnlySpan<byte> bytes))
            {
                Thread.Yield();
                continue;
            }

            Assert.True(bytes.SequenceEqual(BitConverter.GetBytes(i).AsSpan(0, 1 + (i % 4))));
            reader.Take();
            reader.Release();
            i++;
        }

        await writing;
    }

    [Fact]
    public unsafe void TryPeek_AnyDamage_IsRefusedOrAFrameWithinTheRing() =>
        Gen.Select(Gen.UInt, Gen.Long, Gen.Int[0, 200], Gen.Bool).Sample((word, head, used, isPlausible) =>
        {
            Array.Clear(_words);
            (ByteRing writer, ByteRing reader) = (Ring(), Ring());
            writer.TryWrite(Frame.Item, new byte[used]);
            writer.Publish();
            fixed (byte* bytes = _memory)
            {
                *(uint*)bytes = word;
            }

            _words[0] = isPlausible ? (head & (Size - 1)) : head;
            try
            {
                for (int i = 0; i < 2 * Size && reader.TryPeek(out _, out ReadOnlySpan<byte> frame); i++)
                {
                    Assert.True(frame.Length <= Size);
                    reader.Take();
                }
            }
            catch (InvalidDataException)
            {
                // Refused.
            }
        }, threads: 1);

    [Fact]
    public void Reserve_TailThatCannotBe_IsRefused()
    {
        ByteRing writer = Ring();
        while (writer.TryWrite(Frame.Item, new byte[900]))
        {
        }

        _words[8] = 1L << 40;
        Assert.Throws<InvalidDataException>(() => writer.TryWrite(Frame.Item, new byte[900]));
    }

    [Fact]
    public void Create_WithoutRoom_Throws()
    {
        Assert.ThrowsAny<IOException>(() => Segment.Create(Path.Combine(Path.GetTempPath(), Guid.NewGuid().ToString("N"))));
    }

    private static void Drain(ByteRing reader, Queue<byte[]> sent)
    {
        while (reader.TryPeek(out _, out ReadOnlySpan<byte> bytes))
        {
            Assert.Equal(sent.Dequeue(), bytes.ToArray());
            reader.Take();
        }

        reader.Release();
    }

    private unsafe ByteRing Ring()
    {
        fixed (byte* bytes = _memory)
        {
            return new ByteRing(bytes, Size, ref _words[0], ref _words[8]);
        }
    }
}
