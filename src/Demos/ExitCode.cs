namespace Demos;

/// <summary>What a demo tells the shell.</summary>
internal static class ExitCode
{
    public const int Success = 0;

    /// <summary>It did its work, but some of the input could not be read.</summary>
    public const int Incomplete = 1;

    /// <summary>There was nothing to work on: a folder that does not exist or has no such files, or arguments that make no sense.</summary>
    public const int BadInput = 2;

    /// <summary>Somebody pressed Ctrl+C: the shell's 128 + 2 for SIGINT.</summary>
    public const int Interrupted = 130;
}
