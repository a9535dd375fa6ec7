namespace Pipelines.Channels;

/// <summary>What is done with a value task that must not be: it throws at whoever does it, and leaves the wait as it is.</summary>
internal static class Misuse
{
    public static void ThrowIf(bool isMisuse, string message)
    {
        if (isMisuse)
        {
            throw new InvalidOperationException(message);
        }
    }
}
