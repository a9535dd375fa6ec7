using System.Threading.Channels;

namespace Pipelines.Tests.Channels;

public abstract partial class ChannelContractTests
{
    public static TheoryData<WaitKind> Waits => [WaitKind.WaitToRead, WaitKind.Read, WaitKind.WaitToWrite, WaitKind.Write];

    [Theory]
    [MemberData(nameof(Waits))]
    public async Task Await_ContextCaptured_GoesOnThere(WaitKind kind)
    {
        Channel<int> channel = CreateToWaitOn(kind);
        var context = new CountingContext();
        Task<Resumption> waiting = context.Run(() => kind.ResumeAsync(channel, captureContext: true));

        kind.Wake(channel);

        Assert.Same(context, (await waiting.InTime()).Context);
        Assert.Equal(1, context.Posts);
    }

    [Theory]
    [MemberData(nameof(Waits))]
    public async Task Await_ContextNotCaptured_GoesOnElsewhere(WaitKind kind)
    {
        Channel<int> channel = CreateToWaitOn(kind);
        var context = new CountingContext();
        Task<Resumption> waiting = context.Run(() => kind.ResumeAsync(channel, captureContext: false));

        kind.Wake(channel);

        Assert.Null((await waiting.InTime()).Context);
        Assert.Equal(0, context.Posts);
    }

    [Theory]
    [MemberData(nameof(Waits))]
    public async Task Await_SchedulerCaptured_GoesOnThere(WaitKind kind)
    {
        Channel<int> channel = CreateToWaitOn(kind);
        TaskScheduler scheduler = new ConcurrentExclusiveSchedulerPair().ExclusiveScheduler;
        Task<Task<Resumption>> begun = Task.Factory.StartNew(
            () => kind.ResumeAsync(channel, captureContext: true), CancellationToken.None, TaskCreationOptions.None, scheduler);
        Task<Resumption> waiting = await begun.InTime();

        kind.Wake(channel);

        Assert.Same(scheduler, (await waiting.InTime()).Scheduler);
    }

    /// <summary>A handler on the publisher's thread makes one worker of five (jasperfx #714).</summary>
    [Theory]
    [MemberData(nameof(Waits))]
    public async Task Await_EndedByTheOtherSide_DoesNotGoOnOnItsThread(WaitKind kind)
    {
        Channel<int> channel = CreateToWaitOn(kind);
        Task<Resumption> waiting = kind.ResumeAsync(channel, captureContext: false);

        int other = OnThreadOfItsOwn(() => kind.Wake(channel));

        Assert.NotEqual(other, (await waiting.InTime()).Thread);
    }

    [Theory]
    [MemberData(nameof(Waits))]
    public async Task Await_EndedByCompletion_DoesNotGoOnOnItsThread(WaitKind kind)
    {
        Channel<int> channel = CreateToWaitOn(kind);
        Task<Resumption> waiting = kind.ResumeAsync(channel, captureContext: false);

        int other = OnThreadOfItsOwn(() => channel.Writer.Complete(_error));

        Assert.NotEqual(other, (await waiting.InTime()).Thread);
    }

    [Fact]
    public async Task Completion_FinishedByTheWriter_DoesNotGoOnOnItsThread()
    {
        Channel<int> channel = Create();
        Task<int> waiting = ThreadAfter(channel.Reader.Completion);

        int other = OnThreadOfItsOwn(() => channel.Writer.Complete());

        Assert.NotEqual(other, await waiting.InTime());
    }

    [Fact]
    public async Task Completion_FinishedByTheLastRead_DoesNotGoOnOnItsThread()
    {
        Channel<int> channel = Create();
        Assert.True(channel.Writer.TryWrite(1));
        channel.Writer.Complete();
        Task<int> waiting = ThreadAfter(channel.Reader.Completion);

        int other = OnThreadOfItsOwn(() => Assert.True(channel.Reader.TryRead(out _)));

        Assert.NotEqual(other, await waiting.InTime());
    }

    private Channel<int> CreateToWaitOn(WaitKind kind) =>
        kind is WaitKind.WaitToRead or WaitKind.Read ? Create() : CreateFull();

    // The pool cannot pick this thread for the continuation by chance.
    private static int OnThreadOfItsOwn(Action action)
    {
        Exception? error = null;
        var thread = new Thread(() => error = Record.Exception(action));
        thread.Start();
        thread.Join();
        Assert.Null(error);
        return thread.ManagedThreadId;
    }

    private static async Task<int> ThreadAfter(Task task)
    {
        await task.ConfigureAwait(false);
        return Environment.CurrentManagedThreadId;
    }
}
