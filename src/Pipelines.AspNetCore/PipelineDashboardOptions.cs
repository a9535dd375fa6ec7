namespace Pipelines.AspNetCore;

/// <summary>Where the page of a program without ASP.NET is, and what it shows and allows.</summary>
public sealed record PipelineDashboardOptions
{
    internal static readonly PipelineDashboardOptions Default = new();

    /// <summary>The port on the loopback address.</summary>
    /// <value>Default 0: any that is free.</value>
    /// <exception cref="ArgumentOutOfRangeException">The value is no port.</exception>
    public int Port
    {
        get;
        init => field = value is >= 0 and <= 65535
            ? value
            : throw new ArgumentOutOfRangeException(nameof(Port), value, "A port is a number from 1 to 65535; 0 takes any that is free.");
    }

    /// <summary>What the page shows and allows.</summary>
    /// <value>Default: it only shows.</value>
    /// <exception cref="ArgumentNullException">The value is null.</exception>
    public PipelinesPageOptions Page { get; init => field = value ?? throw new ArgumentNullException(nameof(Page)); } = PipelinesPageOptions.Default;

    /// <summary>Where the page's address, with its token, is written to when it has started.</summary>
    /// <value>Default null: the standard error output of the process. <see cref="TextWriter.Null"/> for nowhere.</value>
    public TextWriter? Output { get; init; }
}
