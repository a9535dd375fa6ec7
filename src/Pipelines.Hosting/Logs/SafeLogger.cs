using System.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Pipelines.Hosting;

/// <summary>A logger whose failures end with itself: a disk that is full is no reason to lose items.</summary>
internal sealed class SafeLogger(ILogger logger) : ILogger
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel)
    {
        try
        {
            return logger.IsEnabled(logLevel);
        }
        catch (Exception error)
        {
            Trace.TraceError($"A logger has failed: {error}");
            return false;
        }
    }

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        try
        {
            logger.Log(logLevel, eventId, state, exception, formatter);
        }
        catch (Exception error)
        {
            Trace.TraceError($"A logger has failed: {error}");
        }
    }
}
