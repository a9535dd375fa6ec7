using System.Security.Cryptography;

namespace Demos;

/// <summary>One file on its way from a server to a folder, in chunks.</summary>
internal sealed class Transfer(Uri url, string folder)
{
    private const int ChunkSize = 16 * 1024;
    private long _received;
    private long _length;

    public Uri Url { get; } = url;

    public string Name { get; } = Path.GetFileName(url.LocalPath);

    /// <summary>How many bytes have come so far.</summary>
    public long Received => Volatile.Read(ref _received);

    /// <summary>How many bytes the server has announced; 0 as long as it has not.</summary>
    public long Length => Volatile.Read(ref _length);

    /// <summary>Whether the whole file has come.</summary>
    public bool IsDone { get; private set; }

    /// <summary>Fetches the file from its beginning, over what an earlier attempt may have left, and compares its SHA-256 with the server's.</summary>
    /// <returns>The file's line in the list.</returns>
    /// <exception cref="IOException">The connection was lost in the middle.</exception>
    /// <exception cref="InvalidDataException">What came is not what the server has.</exception>
    public async Task<string> FetchAsync(HttpClient client, CancellationToken token)
    {
        Volatile.Write(ref _received, 0);
        using HttpResponseMessage response = await client.GetAsync(Url, HttpCompletionOption.ResponseHeadersRead, token);
        response.EnsureSuccessStatusCode();
        Volatile.Write(ref _length, response.Content.Headers.ContentLength ?? 0);

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await using Stream body = await response.Content.ReadAsStreamAsync(token);
        await using FileStream file = File.Create(Path.Combine(folder, Name));
        byte[] chunk = new byte[ChunkSize];
        while (await body.ReadAsync(chunk, token) is var count and > 0)
        {
            await file.WriteAsync(chunk.AsMemory(0, count), token);
            hash.AppendData(chunk, 0, count);
            Interlocked.Add(ref _received, count);
        }

        IsDone = true;
        string expected = response.Headers.GetValues("X-SHA256").Single();
        string actual = Convert.ToHexStringLower(hash.GetHashAndReset());
        return actual == expected
            ? $"{Name,-12} {Received,11:N0} bytes  SHA-256 {actual[..16]}… ok"
            : throw new InvalidDataException($"'{Name}' has the SHA-256 {actual} here and {expected} on the server.");
    }

    public override string ToString() => Name;
}
