using Pipelines.Channels;

namespace Pipelines.Tests.Channels;

/// <summary>What of the ring cannot be seen through a channel.</summary>
public sealed class RingTests
{
    [Fact]
    public void Close_Open_RefusesWhatComesAfter()
    {
        var ring = new Ring<int>(4);
        Assert.True(ring.TryWrite(1));

        Assert.True(ring.Close());

        Assert.False(ring.TryWrite(2));
        Assert.Equal(0, ring.TryWriteMany([3, 4]));
        Assert.Equal((1, 1), (ring.Written, ring.Count));
        Assert.True(ring.IsClosed);
    }

    [Fact]
    public void Close_Closed_ReturnsFalse()
    {
        var ring = new Ring<int>(4);
        ring.Close();

        Assert.False(ring.Close());
    }

    [Fact]
    public void IsDrained_ClosedAndRead_IsTrue()
    {
        var ring = new Ring<int>(4);
        ring.TryWrite(1);
        Assert.False(ring.IsDrained);
        ring.Close();
        Assert.False(ring.IsDrained);
        ring.TryRead(out _);

        Assert.True(ring.IsDrained);
    }

    [Fact]
    public void HasRoom_Refilled_IsFalseOnlyWhenFull()
    {
        var ring = new Ring<int>(2);
        for (int i = 0; i < 10; i++)
        {
            Assert.True(ring.HasRoom);
            ring.TryWrite(i);
            Assert.True(ring.HasRoom);
            ring.TryWrite(i);
            Assert.False(ring.HasRoom);
            ring.TryRead(out _);
            ring.TryRead(out _);
        }
    }

    [Fact]
    public void LeaveReader_ItemsThere_LeavesThem()
    {
        var ring = new Ring<int>(4);
        ring.TryWrite(1);

        ring.LeaveReader();

        Assert.True(ring.IsReaderGone);
        Assert.True(ring.TryRead(out int item));
        Assert.Equal(1, item);
    }

    /// <summary>The two sides do not hand single slots to and fro: the writer sleeps on until about half of the capacity is free.</summary>
    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(3, 1, 1)]
    [InlineData(4, 2, 3)]
    [InlineData(8, 4, 7)]
    [InlineData(100, 32, 98)]
    [InlineData(256, 128, 255)]
    public void TryRead_WriterSleeps_WakesItWhenAboutHalfIsFree(int capacity, int atLeast, int atMost)
    {
        for (int shift = 0; shift < capacity; shift++)
        {
            var ring = new Ring<int>(capacity);
            var writer = new Signal();
            ring.Writer = writer;
            Assert.Equal(shift, ring.TryWriteMany(new int[shift]));
            Assert.Equal(shift, ring.TryReadMany(new int[shift]));
            Assert.Equal(capacity, ring.TryWriteMany(new int[capacity]));
            writer.Arm(Wait.Room);
            int reads = 0;
            while (writer.IsArmedFor(Wait.Room, out _))
            {
                Assert.True(ring.TryRead(out _));
                reads++;
            }

            Assert.InRange(reads, atLeast, atMost);
        }
    }

    /// <summary>The reader is in a segment that was outgrown, at every place it can be, and more than one segment behind.</summary>
    [Theory]
    [InlineData(1000)]
    [InlineData(1024)]
    [InlineData(int.MaxValue)]
    public void TryRead_WriterOutgrewTheSegment_KeepsTheOrder(int capacity)
    {
        for (int readBefore = 0; readBefore <= 70; readBefore++)
        {
            var ring = new Ring<int>(capacity);
            int written = 0, read = 0;
            for (int i = 0; i < readBefore; i++)
            {
                Assert.True(ring.TryWrite(written++));
                Assert.True(ring.TryRead(out int item));
                Assert.Equal(read++, item);
            }

            while (written - readBefore < 900)
            {
                Assert.True(ring.TryWrite(written++));
                if (written % 3 == 0)
                {
                    Assert.True(ring.TryRead(out int item));
                    Assert.Equal(read++, item);
                }
            }

            while (ring.TryRead(out int item))
            {
                Assert.Equal(read++, item);
            }

            Assert.Equal(written, read);
        }
    }

    [Fact]
    public void TryReadMany_OverSeveralSegments_TakesThemAll()
    {
        var ring = new Ring<int>(int.MaxValue);
        int[] items = [.. Enumerable.Range(0, 5000)];
        foreach (int[] run in items.Chunk(37))
        {
            Assert.Equal(run.Length, ring.TryWriteMany(run));
        }

        var read = new int[6000];

        Assert.Equal(5000, ring.TryReadMany(read));
        Assert.Equal(items, read[..5000]);
    }

    [Fact]
    public void TryPeek_FirstItemOfASegment_SeesIt()
    {
        var ring = new Ring<int>(64);
        for (int i = 0; i < 64; i++)
        {
            Assert.True(ring.TryWrite(i));
        }

        for (int i = 0; i < 64; i++)
        {
            Assert.True(ring.TryPeek(out int peeked));
            Assert.True(ring.TryRead(out int read));
            Assert.Equal((i, i), (peeked, read));
        }
    }

    /// <summary>A ring grows only a few times in its life, so it takes many rings to have the two sides meet there.</summary>
    [Fact]
    public async Task TryRead_WhileTheWriterOutgrowsSegments_KeepsTheOrder()
    {
        const int Rings = 3000;
        const int Items = 400;
        Ring<int>[] rings = [.. Enumerable.Range(0, Rings).Select(_ => new Ring<int>(int.MaxValue))];
        int[] items = [.. Enumerable.Range(0, Items)];
        int reached = 0;
        Task writer = Task.Run(() =>
        {
            var random = new Random(1);
            for (int i = 0; i < Rings; i++)
            {
                var spin = default(SpinWait);
                while (Volatile.Read(ref reached) < i)
                {
                    spin.SpinOnce(sleep1Threshold: -1);
                }

                for (int written = 0; written < Items;)
                {
                    written += rings[i].TryWriteMany(items.AsSpan(written, Math.Min(random.Next(1, 100), Items - written)));
                }
            }
        });
        Task reader = Task.Run(() =>
        {
            try
            {
                for (int i = 0; i < Rings; i++)
                {
                    Volatile.Write(ref reached, i);
                    ReadAll(rings[i], Items);
                }
            }
            finally
            {
                Volatile.Write(ref reached, Rings); // a failure must not leave the writer waiting
            }
        });

        await Task.WhenAll(writer, reader).InTime();
    }

    private static void ReadAll(Ring<int> ring, int items)
    {
        var spin = default(SpinWait);
        for (int read = 0; read < items;)
        {
            if (ring.TryRead(out int item))
            {
                Assert.Equal(read++, item);
            }
            else
            {
                spin.SpinOnce(sleep1Threshold: -1);
            }
        }
    }
}
