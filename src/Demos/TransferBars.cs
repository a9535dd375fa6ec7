using Spectre.Console;

namespace Demos;

/// <summary>A progress bar for each file, on a screen that can draw them.</summary>
internal static class TransferBars
{
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(100);

    /// <summary>Draws the bars until the work has ended; where output is redirected there are none.</summary>
    public static Task ShowUntilAsync(Task end, IReadOnlyList<Transfer> transfers, DemoConsole console) => console.Screen is null
        ? Task.CompletedTask
        : console.Screen.Progress().StartAsync(async context =>
        {
            (Transfer Transfer, ProgressTask Bar)[] bars = [.. transfers.Select(transfer => (transfer, context.AddTask(Markup.Escape(transfer.Name))))];
            using var timer = new PeriodicTimer(s_interval, console.Time);
            bool goesOn = true;
            while (goesOn)
            {
                goesOn = await Task.WhenAny(end, timer.WaitForNextTickAsync().AsTask()) != end;
                foreach ((Transfer transfer, ProgressTask bar) in bars)
                {
                    bar.MaxValue = Math.Max(1, transfer.Length);
                    bar.Value = transfer.Length == 0 && transfer.IsDone ? bar.MaxValue : transfer.Received;
                }
            }
        });
}
