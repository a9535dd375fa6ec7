using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Pipelines.Tests.Channels;

namespace Pipelines.Tests.Observables;

// Observables and observers that do what a test needs.
public sealed partial class ObservableTests
{
    /// <summary>Pushes everything from within Subscribe.</summary>
    private sealed class Pushing(int count, Action? afterEach = null) : IObservable<int>
    {
        public IDisposable Subscribe(IObserver<int> observer)
        {
            for (int i = 0; i < count; i++)
            {
                observer.OnNext(i);
                afterEach?.Invoke();
            }

            observer.OnCompleted();
            return new SemaphoreSlim(0);
        }
    }

    private sealed class Refusing(Exception error) : IObservable<int>
    {
        public IDisposable Subscribe(IObserver<int> observer) => throw error;
    }

    private sealed class Unsubscribable : IObservable<int>
    {
        public IDisposable Subscribe(IObserver<int> observer) => null!;
    }

    private sealed class Undisposable(Exception error) : IObservable<int>
    {
        public IDisposable Subscribe(IObserver<int> observer)
        {
            observer.OnNext(1);
            return new Refusal(error);
        }

        private sealed class Refusal(Exception error) : IDisposable
        {
            public void Dispose() => throw error;
        }
    }

    /// <summary>An observer that throws when it is told of the end.</summary>
    private sealed class Ending : IObserver<int>
    {
        private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public InvalidDataException Error { get; } = new();

        public Task Ended => _ended.Task;

        public void OnNext(int value)
        {
        }

        public void OnError(Exception error) => OnCompleted();

        public void OnCompleted()
        {
            _ended.SetResult();
            throw Error;
        }
    }

    private sealed class Subject : IObservable<int>
    {
        private readonly List<IObserver<int>> _observers = [];
        private readonly Channel<bool> _subscribed = Channel.CreateUnbounded<bool>();

        public int Observers => _observers.Count;

        public IDisposable Subscribe(IObserver<int> observer)
        {
            lock (_observers)
            {
                _observers.Add(observer);
            }

            _subscribed.Writer.TryWrite(true);
            return new Unsubscriber(this, observer);
        }

        public async Task SubscribedAsync(int count)
        {
            for (; count > 0; count--)
            {
                await _subscribed.Reader.ReadAsync().InTime();
            }
        }

        public void Push(int item) => Tell(observer => observer.OnNext(item));

        public void End(Exception? error) => Tell(observer =>
        {
            if (error is null)
            {
                observer.OnCompleted();
            }
            else
            {
                observer.OnError(error);
            }
        });

        public void Fail(Exception error) => Tell(observer => observer.OnError(error));

        private void Tell(Action<IObserver<int>> what)
        {
            IObserver<int>[] observers;
            lock (_observers)
            {
                observers = [.. _observers];
            }

            Array.ForEach(observers, what);
        }

        private sealed class Unsubscriber(Subject subject, IObserver<int> observer) : IDisposable
        {
            public void Dispose()
            {
                lock (subject._observers)
                {
                    subject._observers.Remove(observer);
                }
            }
        }
    }

    private sealed class Recorder(int throwsAt = -1) : IObserver<int>
    {
        private readonly List<string> _heard = [];
        private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public string Heard => string.Join(' ', _heard);

        public Task Ended => _ended.Task;

        public Action<int>? Heed { get; set; }

        public void OnNext(int value)
        {
            if (value == throwsAt)
            {
                throw new InvalidDataException();
            }

            _heard.Add($"{value}");
            Heed?.Invoke(value);
        }

        public void OnError(Exception error)
        {
            _heard.Add(error.Message);
            _ended.SetResult();
        }

        public void OnCompleted()
        {
            _heard.Add("completed");
            _ended.SetResult();
        }
    }
}
