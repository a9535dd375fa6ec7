namespace Pipelines;

/// <summary>What a run has left items out for, by block and type of exception.</summary>
/// <remarks>
/// Written by the blocks' loops, several at once, when an item has failed and was left out: an item that succeeds costs nothing. The counts are under a lock,
/// the texts are not made there: they are code of the user's. A text with its stack is made of one exception a second at most, and only where a page is there
/// to show it.
/// </remarks>
internal sealed class ErrorBook
{
    // Whose exceptions are of ever new types must not fill the memory.
    private const int Most = 64;
    private const string Others = "exceptions of other types";

    private static readonly TimeSpan s_between = TimeSpan.FromSeconds(1);
    private static volatile bool s_keepsText;
    private static volatile bool s_keepsItems;

    private readonly Lock _gate = new();
    private readonly Dictionary<(string Block, string Type), ErrorGroup> _groups = [];

    /// <summary>Whether somebody is to see items.</summary>
    public static bool KeepsItems => s_keepsItems;

    /// <summary>From here on the stacks of exceptions are kept, and the texts of items too if they are to be shown. For the whole process, for good.</summary>
    public static void KeepText(bool items)
    {
        s_keepsText = true;
        s_keepsItems |= items;
    }

    /// <summary>An item was left out.</summary>
    public void Note(DeadLetter letter)
    {
        (string Block, string Type) key = (letter.Block, letter.Exception.GetType().FullName ?? letter.Exception.GetType().Name);
        lock (_gate)
        {
            if (!_groups.ContainsKey(key) && _groups.Count >= Most)
            {
                key = ("", Others);
            }

            if (_groups.TryGetValue(key, out ErrorGroup? known))
            {
                bool isSoon = letter.At - known.At < s_between;
                _groups[key] = known with { Count = known.Count + 1, At = isSoon ? known.At : letter.At };
                if (isSoon)
                {
                    return;
                }
            }
            else
            {
                _groups[key] = new(key.Block, key.Type, 1, letter.At, "", null, null);
            }
        }

        string message = SafeText.OfMessage(letter.Exception);
        string? text = s_keepsText ? SafeText.OfStack(letter.Exception) : null;
        string? item = s_keepsItems ? SafeText.Of(letter.Item) : null;
        lock (_gate)
        {
            _groups[key] = _groups[key] with { Message = message, Text = text, Item = item };
        }
    }

    /// <summary>What there is so far, the most frequent first.</summary>
    public ErrorGroup[] Read()
    {
        lock (_gate)
        {
            return [.. _groups.Values.OrderByDescending(group => group.Count)];
        }
    }
}
