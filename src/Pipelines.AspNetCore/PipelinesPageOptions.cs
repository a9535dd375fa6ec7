using System.Globalization;
using System.Text;

namespace Pipelines.AspNetCore;

/// <summary>What the live page shows and allows.</summary>
public sealed record PipelinesPageOptions
{
    private const int ShortestToken = 16;

    internal static readonly PipelinesPageOptions Default = new();

    /// <summary>Whether runs can be paused, resumed and stopped from the page, and the workers of their blocks set.</summary>
    /// <value>Default false: the page only looks.</value>
    public bool AllowControls { get; init; }

    /// <summary>The authorization policy that controls need, on top of that of the page.</summary>
    /// <value>Default null: whoever may see the page may use what <see cref="AllowControls"/> allows.</value>
    public string? ControlPolicy { get; init; }

    /// <summary>Whether the text of items that failed is shown, as their <see cref="object.ToString"/> has it. From the moment the page is mapped: earlier ones
    /// are not kept.</summary>
    /// <value>Default false: an item is the user's. What an exception says of it is shown all the same.</value>
    public bool ShowItems { get; init; }

    /// <summary>What a browser has to present where the page has no authorization policy.</summary>
    /// <value>Default null: a random one, which is logged with the page's address when the server has started. At least 16 characters.</value>
    /// <exception cref="ArgumentException">The value is shorter.</exception>
    public string? Token
    {
        get;
        init => field = value is null || value.Length >= ShortestToken
            ? value
            : throw new ArgumentException($"A token must have {ShortestToken} characters at least; null makes a random one.", nameof(Token));
    }

    /// <summary>The host names that the page with an authorization policy answers to, without ports.</summary>
    /// <value>Default none: any, as the application's own host filtering allows. Without a policy it is always only <c>localhost</c> and loopback
    /// addresses.</value>
    /// <exception cref="ArgumentNullException">The value is null.</exception>
    public IReadOnlyList<string> AllowedHosts { get; init => field = value ?? throw new ArgumentNullException(nameof(AllowedHosts)); } = [];

    /// <summary>How long a run that is stopped from the page may drain, before what is left is aborted.</summary>
    /// <value>Default 30 seconds. <see cref="Timeout.InfiniteTimeSpan"/> for as long as it takes.</value>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
    public TimeSpan StopTimeout
    {
        get;
        init => field = value >= TimeSpan.Zero || value == Timeout.InfiniteTimeSpan
            ? value
            : throw new ArgumentOutOfRangeException(nameof(StopTimeout), value, "A time-out must be zero or more, or Timeout.InfiniteTimeSpan.");
    } = TimeSpan.FromSeconds(30);

    /// <summary>The clock by which snapshots are taken, one a second while somebody looks.</summary>
    /// <value>Default <see cref="TimeProvider.System"/>.</value>
    /// <exception cref="ArgumentNullException">The value is null.</exception>
    public TimeProvider TimeProvider { get; init => field = value ?? throw new ArgumentNullException(nameof(TimeProvider)); } = TimeProvider.System;

    // Options end up in logs; a token has no business there.
    private bool PrintMembers(StringBuilder text)
    {
        text.Append(CultureInfo.InvariantCulture, $"AllowControls = {AllowControls}, ControlPolicy = {ControlPolicy}, ShowItems = {ShowItems}, ");
        text.Append(CultureInfo.InvariantCulture, $"AllowedHosts = {string.Join(' ', AllowedHosts)}, StopTimeout = {StopTimeout}");
        return true;
    }
}
