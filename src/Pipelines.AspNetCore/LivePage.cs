using System.Security.Cryptography;

namespace Pipelines.AspNetCore;

/// <summary>One mapped page: its options, its secrets, and who looks at it.</summary>
internal sealed class LivePage
{
    public LivePage(PipelinesPageOptions options)
    {
        Options = options;
        Token = new AccessToken(options.Token ?? RandomToken());
        Hub = new PageHub(options.TimeProvider, options.ShowItems);
        EndedRuns.Keep();
        ErrorBook.KeepText(options.ShowItems);
    }

    public PipelinesPageOptions Options { get; }

    public AccessToken Token { get; }

    /// <summary>What a request that changes something must bring along: only who has read the page's own stream knows it.</summary>
    public string Antiforgery { get; } = RandomToken();

    public PageHub Hub { get; }

    private static string RandomToken() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
}
