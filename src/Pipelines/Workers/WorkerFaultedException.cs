namespace Pipelines.Workers;

/// <summary>
/// Thrown by the work of a <see cref="WorkerPool{TIn, TOut}"/> to tell that its worker's resource is of no more use: the connection is lost, the process has
/// died. The worker is replaced and its job runs again. For exceptions of others there is <see cref="WorkerPoolOptions.IsWorkerFault"/>.
/// </summary>
public sealed class WorkerFaultedException : Exception
{
    /// <summary>Makes an exception with a message of its own.</summary>
    public WorkerFaultedException()
        : base("The worker's resource is of no more use.")
    {
    }

    /// <summary>Makes an exception.</summary>
    /// <param name="message">What happened to the resource.</param>
    public WorkerFaultedException(string message)
        : base(message)
    {
    }

    /// <summary>Makes an exception.</summary>
    /// <param name="message">What happened to the resource.</param>
    /// <param name="innerException">How that was noticed.</param>
    public WorkerFaultedException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
