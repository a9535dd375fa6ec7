using System.Threading.Channels;

namespace Pipelines.Processes;

/// <summary>A consumer or a transform in one worker process, as its parent feeds it and takes what comes back.</summary>
/// <remarks>The end of the input goes over as a frame. What the other side says last is its end or what it threw; a process that is gone without that has
/// died, and the run fails.</remarks>
internal sealed class StreamBlock<TIn, TOut>(Stage stage)
{
    public Task ConsumeAsync(ChannelReader<TIn> reader, CancellationToken token)
    {
        WorkerProcess.RefuseInWorker();
        return new Run(stage).RunAsync(reader, null, token);
    }

    public Task TransformAsync(ChannelReader<TIn> reader, ChannelWriter<TOut> writer, CancellationToken token)
    {
        WorkerProcess.RefuseInWorker();
        return new Run(stage).RunAsync(reader, writer, token);
    }

    private sealed class Run(Stage stage)
    {
        // So many items before the other side is told of them, if there is no pause between them.
        private const int RunLength = 256;

        private readonly Codec<TIn> _input = stage.InputCodec<TIn>();
        private readonly Signal _toFeeder = new();
        private readonly Signal _toCollector = new();
        private readonly Scratch _scratch = new();
        private readonly PartBuffer _parts = new();
        private volatile bool _hasEnded;
        private volatile Exception? _feedError;

        public async Task RunAsync(ChannelReader<TIn> reader, ChannelWriter<TOut>? writer, CancellationToken token)
        {
            ChildProcess child = ChildProcess.Start(stage, News);
            bool isWell = false;
            Task feeding = Task.CompletedTask;
            try
            {
                await StartedAsync(child, token);
                feeding = FeedAsync(child, reader, token);
                Exception? thrown = await CollectAsync(child, writer, token);
                if (thrown is not null)
                {
                    throw thrown;
                }

                isWell = true;
            }
            finally
            {
                _hasEnded = true;
                _toFeeder.Ring();
                await feeding; // nobody looks at memory that is gone
                await child.LeaveAsync(isCancelled: !isWell);
                child.Dispose();
            }
        }

        private void News()
        {
            _toFeeder.Ring();
            _toCollector.Ring();
        }

        private async Task StartedAsync(ChildProcess child, CancellationToken token)
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(token);
            patience.CancelAfter(stage.Options.StartTimeout);
            while (true)
            {
                _toCollector.Reset();
                if (child is not { State: WorkerState.Starting, IsGone: false })
                {
                    return;
                }

                try
                {
                    await _toCollector.Rung.WaitAsync(patience.Token);
                }
                catch (OperationCanceledException) when (!token.IsCancellationRequested)
                {
                    child.Kill();
                    throw new TimeoutException($"{stage.Name}: a worker process was not ready within {stage.Options.StartTimeout} and was killed.");
                }
            }
        }

        private async Task FeedAsync(ChildProcess child, ChannelReader<TIn> reader, CancellationToken token)
        {
            try
            {
                await FeedAllAsync(child, reader, token);
            }
            catch (Exception error)
            {
                _feedError = error; // somebody waits for the other side, which waits for more
                _toCollector.Ring();
            }
        }

        private async Task FeedAllAsync(ChildProcess child, ChannelReader<TIn> reader, CancellationToken token)
        {
            while (!_hasEnded && !child.IsGone)
            {
                for (int read = 1; reader.TryRead(out TIn? item); read++)
                {
                    if (read % RunLength == 0)
                    {
                        child.Requests.Publish(); // the other side is to work meanwhile
                        child.Wake();
                    }

                    if (!TryWrite(child, item, out ReadOnlyMemory<byte> large))
                    {
                        if (!await WriteAsync(child, Frame.Item, large, token))
                        {
                            return;
                        }
                    }
                }

                child.Requests.Publish();
                child.Wake();
                ValueTask<bool> more = reader.WaitToReadAsync(token);
                if (more.IsCompletedSuccessfully ? !more.Result : !await EitherAsync(more.AsTask()))
                {
                    await WriteAsync(child, Frame.End, default, token);
                    return;
                }
            }
        }

        // Input, or the other side's end.
        private async Task<bool> EitherAsync(Task<bool> more)
        {
            while (true)
            {
                _toFeeder.Reset();
                if (more.IsCompleted || _hasEnded)
                {
                    break;
                }

                await Task.WhenAny(more, _toFeeder.Rung);
            }

            return !more.IsCompleted || await more;
        }

        private bool TryWrite(ChildProcess child, TIn item, out ReadOnlyMemory<byte> bytes)
        {
            bytes = default;
            var writer = new ItemWriter(child.Requests.Reserve(64), _scratch);
            _input.Write(ref writer, item);
            if (!writer.HasGrown)
            {
                child.Requests.Commit(Frame.Item, writer.Length);
                return true;
            }

            if (writer.Length <= child.Requests.LongestFrame && child.Requests.TryWrite(Frame.Item, writer.Written))
            {
                return true;
            }

            bytes = writer.Written.ToArray();
            _scratch.Trim();
            return false;
        }

        // False: nobody takes it any more.
        private async Task<bool> WriteAsync(ChildProcess child, Frame kind, ReadOnlyMemory<byte> bytes, CancellationToken token)
        {
            int longest = child.Requests.LongestFrame;
            while (true)
            {
                bool isPart = bytes.Length > longest;
                if (child.Requests.TryWrite(isPart ? Frame.Part : kind, isPart ? bytes.Span[..longest] : bytes.Span))
                {
                    if (!isPart)
                    {
                        child.Requests.Publish();
                        child.Wake();
                        return true;
                    }

                    bytes = bytes[longest..];
                    continue;
                }

                child.Requests.Publish();
                child.Wake();
                _toFeeder.Reset();
                Interlocked.Exchange(ref child.Marks.ParentSleeps, 1); // pairs with the fence of the worker behind what it has taken
                if (!child.Requests.HasRoom(Math.Min(bytes.Length, longest)))
                {
                    if (_hasEnded || child.IsGone)
                    {
                        return false;
                    }

                    await _toFeeder.Rung.WaitAsync(token);
                }
            }
        }

        // What the code over there has thrown; null if it has returned.
        private async Task<Exception?> CollectAsync(ChildProcess child, ChannelWriter<TOut>? writer, CancellationToken token)
        {
            while (true)
            {
                _toCollector.Reset();
                if (_feedError is { } error)
                {
                    return error;
                }

                bool isGone = child.IsGone; // before the look at the ring: what it wrote is all there then
                while (TryTake(child, out Frame kind, out TOut result, out Exception? thrown))
                {
                    if (kind != Frame.Item)
                    {
                        return thrown;
                    }

                    if (!writer!.TryWrite(result))
                    {
                        child.Answers.Release();
                        child.Wake();
                        await writer.WriteAsync(result, token);
                    }
                }

                child.Answers.Release();
                child.Wake();
                if (isGone)
                {
                    return new WorkerCrashedException($"{stage.Name}: its worker process died before its end", child.Exit!, attempts: 0);
                }

                Interlocked.Exchange(ref child.Marks.ParentSleeps, 1); // pairs with the fence of the worker behind an answer
                if (!child.Answers.HasFrames)
                {
                    await _toCollector.Rung.WaitAsync(token);
                }
            }
        }

        private bool TryTake(ChildProcess child, out Frame kind, out TOut result, out Exception? thrown)
        {
            (result, thrown) = (default!, null);
            while (child.Answers.TryPeek(out kind, out ReadOnlySpan<byte> bytes))
            {
                switch (kind)
                {
                    case Frame.Part:
                        _parts.Add(bytes);
                        child.Answers.Take();
                        child.Answers.Release();
                        child.Wake();
                        continue;
                    case Frame.Item:
                        var reader = new ItemReader(_parts.Whole(bytes));
                        result = stage.OutputCodec<TOut>().Read(ref reader);
                        reader.End();
                        break;
                    case Frame.Broken:
                        thrown = WorkerFailure.FromBytes(bytes);
                        break;
                }

                child.Answers.Take();
                return true;
            }

            return false;
        }
    }
}
