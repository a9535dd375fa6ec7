using System.Globalization;
using System.Text.RegularExpressions;

namespace Demos.Service.Tests;

/// <summary>Signals while requests come in: what was accepted (202) is saved, once, or the service says that it is lost.</summary>
public sealed partial class SignalTests
{
    // Five here; a hundred by hand: PIPELINES_STARTS=100.
    private static readonly int s_starts = int.Parse(Environment.GetEnvironmentVariable("PIPELINES_STARTS") ?? "5", CultureInfo.InvariantCulture);

    [UnixFact]
    public async Task Sigterm_UnderLoad_SavesEveryAcceptedOrderOnceAndEndsWell()
    {
        int accepted = 0, refused = 0;
        for (int start = 0; start < s_starts; start++)
        {
            await using ServiceProcess service = await ServiceProcess.StartAsync();
            Dictionary<long, bool?> posted = await EndUnderLoadAsync(service, "TERM", afterAnswers: 500 + (start * 37 % 1000));

            Assert.True(await service.EndAsync() == 0, service.Output);
            AssertSavedOnce(service, posted);
            Assert.Empty(service.Lost);
            Assert.DoesNotContain("not delivered", service.Output, StringComparison.Ordinal);
            accepted += posted.Values.Count(answer => answer == true);
            refused += posted.Values.Count(answer => answer == false);
        }

        Assert.True(accepted >= 500 * s_starts, $"{accepted} accepted, {refused} refused");
    }

    [UnixFact]
    public async Task Sigterm_WithFaultsAndRestarts_LosesNothingButWhatItNames()
    {
        await using ServiceProcess service = await ServiceProcess.StartAsync("--Demo:FailEvery", "1000");
        Dictionary<long, bool?> posted = await EndUnderLoadAsync(service, "TERM", afterAnswers: 5000);

        Assert.True(await service.EndAsync() == 0, service.Output);
        long[] saved = service.Saved, lost = service.Lost;
        Assert.NotEmpty(lost);
        Assert.Equal(saved.Length + lost.Length, saved.Concat(lost).Distinct().Count());
        Assert.Empty(Accepted(posted).Except(saved).Except(lost));
        Assert.Contains("starts again in", service.Output, StringComparison.Ordinal);
    }

    [UnixFact]
    public async Task Sigkill_UnderLoad_SavesNothingTwiceAndNothingThatWasNotPosted()
    {
        await using ServiceProcess service = await ServiceProcess.StartAsync();
        Dictionary<long, bool?> posted = await EndUnderLoadAsync(service, "KILL", afterAnswers: 1000);

        Assert.NotEqual(0, await service.EndAsync());
        long[] saved = service.Saved; // an inbox in memory promises no more: what was accepted may be gone
        Assert.Equal(saved.Length, saved.Distinct().Count());
        Assert.Empty(saved.Except(posted.Keys));
    }

    [UnixFact]
    public async Task SecondCtrlC_DoesNotWaitForTheDrain()
    {
        await using ServiceProcess service = await ServiceProcess.StartAsync("--Demo:SaveTakes", "00:10:00");
        Dictionary<long, bool?> posted = await EndUnderLoadAsync(service, "INT", afterAnswers: 200);
        await service.SeenAsync(Stops());
        await service.SignalAsync("INT");

        Assert.True(await service.EndAsync() == 0, service.Output);
        Assert.Contains("no time is left to drain", service.Output, StringComparison.Ordinal);
        Assert.NotEmpty(Accepted(posted));
        Assert.Empty(Accepted(posted).Except(service.Lost)); // all of them are named
        Assert.Empty(service.Saved);
    }

    private static async Task<Dictionary<long, bool?>> EndUnderLoadAsync(ServiceProcess service, string signal, int afterAnswers)
    {
        var enough = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        int answers = 0;
        Task<Dictionary<long, bool?>> posting = service.PostUntilItEndsAsync(8, 0, _ =>
        {
            if (Interlocked.Increment(ref answers) == afterAnswers)
            {
                enough.SetResult();
            }
        });
        await enough.Task.WaitAsync(ServiceProcess.Limit);
        await service.SignalAsync(signal);
        return await posting.WaitAsync(ServiceProcess.Limit);
    }

    // An order without an answer may have been accepted: its connection broke first.
    private static void AssertSavedOnce(ServiceProcess service, Dictionary<long, bool?> posted)
    {
        long[] saved = service.Saved;
        Assert.Equal(saved.Length, saved.Distinct().Count());
        Assert.Empty(Accepted(posted).Except(saved));
        Assert.DoesNotContain(saved, id => posted.GetValueOrDefault(id, false) == false);
    }

    private static IEnumerable<long> Accepted(Dictionary<long, bool?> posted) => posted.Where(one => one.Value == true).Select(one => one.Key);

    [GeneratedRegex("orders stops")]
    private static partial Regex Stops();
}

/// <summary>A test that needs signals.</summary>
public sealed class UnixFactAttribute : FactAttribute
{
    /// <summary>Skips it where there are none.</summary>
    public UnixFactAttribute() => Skip = OperatingSystem.IsWindows() ? "There are no signals on Windows." : null;
}
