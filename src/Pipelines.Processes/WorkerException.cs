namespace Pipelines.Processes;

/// <summary>What the delegate threw in a worker process. It crosses as data: the type's name, the message and the stack, and nothing that the exception
/// referred to.</summary>
public sealed class WorkerException : Exception
{
    internal WorkerException(string typeName, string message, string details)
        : base($"{message} ({typeName} in a worker process)")
    {
        TypeName = typeName;
        OriginalMessage = message;
        Details = details;
    }

    /// <summary>The full name of the exception's type over there.</summary>
    public string TypeName { get; }

    /// <summary>Its message, as it was over there.</summary>
    public string OriginalMessage { get; }

    /// <summary>All that it said of itself: type, message, stack, and what it was caused by.</summary>
    public string Details { get; }

    /// <inheritdoc/>
    public override string ToString() => $"{base.ToString()}\n --- in the worker process:\n{Details}";
}
