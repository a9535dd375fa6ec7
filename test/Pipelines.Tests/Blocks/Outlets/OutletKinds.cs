using System.Threading.Channels;
using System.Threading.Tasks.Dataflow;
using Pipelines.Dataflow;

namespace Pipelines.Tests.Blocks.Outlets;

/// <summary>Every way out of a pipeline. A new one joins with one line in <see cref="All"/>.</summary>
public static class OutletKinds
{
    public static IReadOnlyList<Outlet> All { get; } =
    [
        new ChannelReaderOutlet(), new LoopOutlet(), new SourceBlockOutlet(), new LinkedOutlet(), new ObservableOutlet(), new EncapsulatedOutlet(),
        new ChannelWriterOutlet(), new TargetBlockOutlet(),
    ];

    private static async Task<Exception?> EndOf(Func<Task> reading)
    {
        try
        {
            await reading();
            return null;
        }
        catch (Exception error)
        {
            return error;
        }
    }

    private static Task<Exception?> EndOf<T>(ChannelReader<T> reader, OutletTrial trial) => EndOf(async () =>
    {
        while (await reader.WaitToReadAsync())
        {
            while (reader.TryRead(out _))
            {
                trial.Read();
            }
        }
    });

    private static Task<Exception?> EndOf<T>(ISourceBlock<T> source, OutletTrial trial) => EndOf(async () =>
    {
        while (await source.OutputAvailableAsync())
        {
            while (((IReceivableSourceBlock<T>)source).TryReceive(null, out _))
            {
                trial.Read();
            }
        }

        await source.Completion;
    });

    private sealed class ChannelReaderOutlet() : Outlet("ToChannelReader")
    {
        internal override Task<Exception?> ReadAsync<T>(Func<Pipeline<int>, Pipeline<T>> build, OutletTrial trial)
        {
            (ChannelReader<T> reader, PipelineRun run) = Outlet<T>.Open(build(OutletTrial.Source()).Block, "reader", trial.Options, trial.Token);
            trial.Started(run.Abort);
            return EndOf(reader, trial);
        }
    }

    private sealed class LoopOutlet() : Outlet("ReadAllAsync")
    {
        public override bool CanAbort => false;

        internal override Task<Exception?> ReadAsync<T>(Func<Pipeline<int>, Pipeline<T>> build, OutletTrial trial) => EndOf(async () =>
        {
            await foreach (T _ in build(OutletTrial.Source()).ReadAllAsync(trial.Options, trial.Token))
            {
                trial.Read();
            }
        });
    }

    private sealed class SourceBlockOutlet() : Outlet("ToSourceBlock")
    {
        public override bool CanAbort => false;

        internal override Task<Exception?> ReadAsync<T>(Func<Pipeline<int>, Pipeline<T>> build, OutletTrial trial) =>
            EndOf(build(OutletTrial.Source()).ToSourceBlock(trial.Options, trial.Token), trial);
    }

    private sealed class LinkedOutlet() : Outlet("ToSourceBlock, linked")
    {
        public override bool CanAbort => false;

        internal override Task<Exception?> ReadAsync<T>(Func<Pipeline<int>, Pipeline<T>> build, OutletTrial trial)
        {
            var target = new ActionBlock<T>(_ => trial.Read(), new ExecutionDataflowBlockOptions { BoundedCapacity = 2 });
            build(OutletTrial.Source()).ToSourceBlock(trial.Options, trial.Token).LinkTo(target, new DataflowLinkOptions { PropagateCompletion = true });
            return EndOf(() => target.Completion);
        }
    }

    private sealed class ObservableOutlet() : Outlet("ToObservable")
    {
        public override bool CanAbort => false; // who disposes a subscription hears nothing more

        internal override Task<Exception?> ReadAsync<T>(Func<Pipeline<int>, Pipeline<T>> build, OutletTrial trial)
        {
            var observer = new Observer<T>(trial);
            _ = build(OutletTrial.Source()).ToObservable(trial.Options, trial.Token).Subscribe(observer);
            return observer.End;
        }
    }

    private sealed class EncapsulatedOutlet() : Outlet("Encapsulate")
    {
        public override bool CanAbort => false;

        internal override async Task<Exception?> ReadAsync<T>(Func<Pipeline<int>, Pipeline<T>> build, OutletTrial trial)
        {
            IPropagatorBlock<int, T> block = DataflowPipeline.Encapsulate(build, trial.Options, trial.Token);
            Task feeding = FeedAsync();
            Exception? end = await EndOf((ISourceBlock<T>)block, trial);
            await feeding;
            return end;

            async Task FeedAsync()
            {
                for (int i = 0; await block.SendAsync(i); i = (i + 1) & 0xFFFF)
                {
                }
            }
        }
    }

    private sealed class ChannelWriterOutlet() : Outlet("To(ChannelWriter)")
    {
        internal override async Task<Exception?> ReadAsync<T>(Func<Pipeline<int>, Pipeline<T>> build, OutletTrial trial)
        {
            Channel<T> channel = Channel.CreateBounded<T>(2);
            PipelineRun run = build(OutletTrial.Source()).To(channel.Writer).Start(trial.Options, trial.Token);
            trial.Started(run.Abort);
            Exception? end = await EndOf(channel.Reader, trial);
            await run.DisposeAsync();
            return end;
        }
    }

    private sealed class TargetBlockOutlet() : Outlet("To(ITargetBlock)")
    {
        internal override async Task<Exception?> ReadAsync<T>(Func<Pipeline<int>, Pipeline<T>> build, OutletTrial trial)
        {
            var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var target = new ActionBlock<T>(
                async _ =>
                {
                    await gate.Task; // until the trial can abort
                    trial.Read();
                },
                new ExecutionDataflowBlockOptions { BoundedCapacity = 2 });
            PipelineRun run = build(OutletTrial.Source()).To(target).Start(trial.Options, trial.Token);
            trial.Started(run.Abort);
            gate.SetResult();
            Exception? end = await EndOf(() => target.Completion);
            await run.DisposeAsync();
            return end;
        }
    }

    private sealed class Observer<T>(OutletTrial trial) : IObserver<T>
    {
        private readonly TaskCompletionSource<Exception?> _end = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<Exception?> End => _end.Task;

        public void OnNext(T value) => trial.Read();

        public void OnError(Exception error) => _end.SetResult(error);

        public void OnCompleted() => _end.SetResult(null);
    }
}
