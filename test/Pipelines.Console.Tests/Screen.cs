using System.Text;
using Spectre.Console;

namespace Pipelines.Console.Tests;

/// <summary>A screen without colours, to draw on, to wait for and to read.</summary>
internal sealed class Screen : TextWriter
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(60);

    private readonly StringBuilder _text = new();
    private readonly List<(string Text, TaskCompletionSource Seen)> _awaited = [];

    public Screen(bool canDraw)
    {
        CoreNewLine = ['\n'];
        Console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = canDraw ? AnsiSupport.Yes : AnsiSupport.No,
            Interactive = canDraw ? InteractionSupport.Yes : InteractionSupport.No,
            ColorSystem = ColorSystemSupport.NoColors,
            Out = new AnsiConsoleOutput(this),
        });
        Console.Profile.Width = 160;
        Console.Profile.Capabilities.Unicode = true;
    }

    public IAnsiConsole Console { get; }

    public override Encoding Encoding => Encoding.UTF8;

    public string Text
    {
        get
        {
            lock (_text)
            {
                return _text.ToString();
            }
        }
    }

    public override void Write(char value) => Write(value.ToString());

    public override void Write(char[] buffer, int index, int count) => Write(new string(buffer, index, count));

    public override void WriteLine(string? value) => Write(value + "\n");

    public override void Write(string? value)
    {
        lock (_text)
        {
            _text.Append(value);
            string all = _text.ToString();
            _awaited.RemoveAll(awaited => all.Contains(awaited.Text, StringComparison.Ordinal) && awaited.Seen.TrySetResult());
        }
    }

    /// <summary>Ends when this text has been shown.</summary>
    public async Task ShowsAsync(string text)
    {
        var seen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_text)
        {
            _awaited.Add((text, seen));
        }

        Write("");
        try
        {
            await seen.Task.WaitAsync(s_limit);
        }
        catch (TimeoutException)
        {
            Assert.Fail($"'{text}' was not shown, but:\n{Text}");
        }
    }
}
