using System.Threading.Channels;

namespace Pipelines.Tests.Channels;

/// <summary>The four calls of a channel that may wait.</summary>
public enum WaitKind
{
    WaitToRead,
    Read,
    WaitToWrite,
    Write,
}

/// <summary>Where an await went on.</summary>
internal sealed record Resumption(int Thread, SynchronizationContext? Context, TaskScheduler Scheduler);

internal static class WaitKindExtensions
{
    /// <summary>Makes the call and awaits its value task with nothing in between. It may fail: only where it goes on counts.</summary>
    public static async Task<Resumption> ResumeAsync(this WaitKind kind, Channel<int> channel, bool captureContext)
    {
        try
        {
            switch (kind)
            {
                case WaitKind.WaitToRead:
                    await channel.Reader.WaitToReadAsync().ConfigureAwait(captureContext);
                    break;
                case WaitKind.Read:
                    await channel.Reader.ReadAsync().ConfigureAwait(captureContext);
                    break;
                case WaitKind.WaitToWrite:
                    await channel.Writer.WaitToWriteAsync().ConfigureAwait(captureContext);
                    break;
                case WaitKind.Write:
                    await channel.Writer.WriteAsync(3).ConfigureAwait(captureContext);
                    break;
            }
        }
        catch (Exception error) when (error is FormatException or ChannelClosedException)
        {
        }

        return new(Environment.CurrentManagedThreadId, SynchronizationContext.Current, TaskScheduler.Current);
    }

    /// <summary>Does on the other side what ends the wait.</summary>
    public static void Wake(this WaitKind kind, Channel<int> channel) =>
        Assert.True(kind is WaitKind.WaitToRead or WaitKind.Read ? channel.Writer.TryWrite(1) : channel.Reader.TryRead(out _));
}
