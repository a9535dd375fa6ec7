using System.Collections.Concurrent;
using System.IO.Enumeration;

namespace Demos;

/// <summary>Files to read as text. What cannot be read is remembered, so that one bad file does not cost the others.</summary>
internal sealed class TextFiles
{
    private readonly List<string> _paths = [];
    private readonly ConcurrentQueue<(string Path, string Reason)> _unreadable = [];

    public IReadOnlyList<string> Paths => _paths;

    /// <summary>The files and folders that could not be read, and why.</summary>
    public IReadOnlyCollection<(string Path, string Reason)> Unreadable => _unreadable;

    /// <summary>Adds the files whose names match, those of the subfolders included, in the order of their names.</summary>
    public TextFiles AddFolder(DirectoryInfo folder, string pattern)
    {
        try
        {
            foreach (FileSystemInfo entry in folder.EnumerateFileSystemInfos().OrderBy(entry => entry.Name, StringComparer.Ordinal))
            {
                // A link to a folder is not followed: it may lead back here, and its files would count twice.
                if (entry is DirectoryInfo { LinkTarget: null } subfolder)
                {
                    AddFolder(subfolder, pattern);
                }
                else if (entry is FileInfo && FileSystemName.MatchesSimpleExpression(pattern, entry.Name))
                {
                    _paths.Add(entry.FullName);
                }
            }
        }
        catch (Exception error) when (IsUnreadable(error))
        {
            _unreadable.Enqueue((folder.FullName, error.Message));
        }

        return this;
    }

    /// <summary>The file's text; none if it cannot be read.</summary>
    public async Task<string> ReadAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            return await File.ReadAllTextAsync(path, cancellationToken);
        }
        catch (Exception error) when (IsUnreadable(error))
        {
            _unreadable.Enqueue((path, error.Message));
            return "";
        }
    }

    private static bool IsUnreadable(Exception error) => error is IOException or UnauthorizedAccessException;
}
