using System.Text;

namespace Demos.Tests;

/// <summary>What is printed, to wait for and to read.</summary>
internal sealed class Transcript : TextWriter
{
    private readonly StringBuilder _text = new();
    private readonly List<(string Text, TaskCompletionSource Seen)> _awaited = [];

    public Transcript() => CoreNewLine = ['\n'];

    public override Encoding Encoding => Encoding.UTF8;

    public override void Write(char value) => Write(value.ToString());

    public override void Write(char[] buffer, int index, int count) => Write(new string(buffer, index, count));

    public override void WriteLine(string? value) => Write(value + "\n");

    public override void Write(string? value)
    {
        // A screen draws from a thread of its own.
        lock (_text)
        {
            _text.Append(value);
            string all = _text.ToString();
            _awaited.RemoveAll(awaited => all.Contains(awaited.Text) && awaited.Seen.TrySetResult());
        }
    }

    /// <summary>Ends when this text has been printed.</summary>
    public Task SeenAsync(string text)
    {
        var seen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_text)
        {
            _awaited.Add((text, seen));
        }

        Write("");
        return seen.Task.WaitAsync(TestTime.Limit);
    }

    public override string ToString()
    {
        lock (_text)
        {
            return _text.ToString();
        }
    }
}
