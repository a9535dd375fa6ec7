using Microsoft.Extensions.Logging;

namespace Pipelines.Hosting.Tests;

/// <summary>What was logged, to read and to wait for.</summary>
internal sealed class LogBook : ILoggerProvider
{
    private readonly Lock _gate = new();
    private readonly List<Entry> _entries = [];
    private readonly List<(Func<Entry, bool> Wanted, TaskCompletionSource<Entry> Seen)> _awaited = [];

    public IReadOnlyList<Entry> All
    {
        get
        {
            lock (_gate)
            {
                return [.. _entries];
            }
        }
    }

    /// <summary>What pipelines have logged, and not the host.</summary>
    public IEnumerable<Entry> OfPipelines => All.Where(entry => entry.Category.StartsWith("Pipelines.", StringComparison.Ordinal));

    public IEnumerable<Entry> Of(int id) => OfPipelines.Where(entry => entry.Id == id);

    public Task<Entry> SeenAsync(int id) => SeenAsync(entry => entry.Id == id && entry.Category.StartsWith("Pipelines.", StringComparison.Ordinal));

    public Task<Entry> SeenAsync(Func<Entry, bool> wanted)
    {
        lock (_gate)
        {
            if (_entries.Find(entry => wanted(entry)) is { } there)
            {
                return Task.FromResult(there);
            }

            var seen = new TaskCompletionSource<Entry>(TaskCreationOptions.RunContinuationsAsynchronously);
            _awaited.Add((wanted, seen));
            return seen.Task.InTime();
        }
    }

    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

    public void Dispose()
    {
    }

    private void Add(Entry entry)
    {
        lock (_gate)
        {
            _entries.Add(entry);
            _awaited.RemoveAll(awaited => awaited.Wanted(entry) && awaited.Seen.TrySetResult(entry));
        }
    }

    internal sealed record Entry(string Category, LogLevel Level, int Id, string Text, Exception? Exception);

    private sealed class Logger(LogBook book, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            book.Add(new(category, logLevel, eventId.Id, formatter(state, exception), exception));
    }
}
