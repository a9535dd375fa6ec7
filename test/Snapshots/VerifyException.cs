namespace Snapshots;

/// <summary>A text is not what its snapshot says; the message shows the difference.</summary>
public sealed class VerifyException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">The files and the difference.</param>
    public VerifyException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception for a snapshot that could not be compared at all.</summary>
    /// <param name="message">What stood in the way.</param>
    /// <param name="innerException">Why.</param>
    public VerifyException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
