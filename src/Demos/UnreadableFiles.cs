using System.Collections.Concurrent;

namespace Demos;

/// <summary>Reads files and remembers the ones that it could not read, so that one bad file does not cost the others.</summary>
internal sealed class UnreadableFiles
{
    private readonly ConcurrentQueue<(string File, string Reason)> _all = [];

    public IReadOnlyCollection<(string File, string Reason)> All => _all;

    /// <summary>The file's text; null if it could not be read.</summary>
    public async Task<string?> ReadAsync(string file, CancellationToken cancellationToken)
    {
        try
        {
            return await File.ReadAllTextAsync(file, cancellationToken);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            _all.Enqueue((file, error.Message));
            return null;
        }
    }
}
