using Pipelines.Channels;

namespace Pipelines.Tests.Channels;

/// <summary>One sleeper, any number of wakers: exactly one of them ends each wait, and none of them a later one.</summary>
public sealed class SignalTests
{
    private readonly Signal _signal = new();

    [Fact]
    public async Task WaitAsync_Woken_Ends()
    {
        _signal.Arm(Wait.Input);
        ValueTask wait = _signal.WaitAsync();
        Assert.False(wait.IsCompleted);

        _signal.Wake(Wait.Input);

        await wait.InTime();
    }

    [Fact]
    public async Task WaitAsync_WokenBetweenArmAndWait_HasEnded()
    {
        _signal.Arm(Wait.Input);
        _signal.Wake(Wait.Input);
        Assert.False(_signal.TryDisarm());

        ValueTask wait = _signal.WaitAsync();

        Assert.True(wait.IsCompletedSuccessfully);
        await wait;
    }

    [Fact]
    public async Task Wake_OtherNews_SleepsOn()
    {
        _signal.Arm(Wait.Room);
        ValueTask wait = _signal.WaitAsync();

        _signal.Wake(Wait.Input);

        Assert.False(wait.IsCompleted);
        _signal.Wake(Wait.Room);
        await wait.InTime();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Wake_OneOfTwoNews_Ends(int news)
    {
        _signal.Arm(Wait.Any);
        ValueTask wait = _signal.WaitAsync();

        _signal.Wake((Wait)news);

        await wait.InTime();
    }

    [Fact]
    public void Wake_NobodySleeps_IsForgotten()
    {
        _signal.Wake(Wait.Any);
        _signal.Arm(Wait.Input);

        Assert.True(_signal.TryDisarm());
    }

    [Fact]
    public async Task Wake_SeenInAnEarlierWait_DoesNotEndALaterOne()
    {
        _signal.Arm(Wait.Input);
        Assert.True(_signal.IsArmedFor(Wait.Input, out int earlier));
        Assert.True(_signal.TryDisarm());
        _signal.Arm(Wait.Input);
        ValueTask wait = _signal.WaitAsync();

        _signal.Wake(earlier);

        Assert.False(wait.IsCompleted);
        _signal.Wake(Wait.Input);
        await wait.InTime();
    }

    [Fact]
    public async Task Wake_Twice_EndsOneWait()
    {
        _signal.Arm(Wait.Input);
        ValueTask first = _signal.WaitAsync();
        _signal.Wake(Wait.Input);
        _signal.Wake(Wait.Input);
        await first.InTime();

        _signal.Arm(Wait.Input);

        Assert.True(_signal.TryDisarm());
    }

    [Fact]
    public void Arm_WaitUnderWay_Throws()
    {
        _signal.Arm(Wait.Input);

        Assert.Throws<InvalidOperationException>(() => _signal.Arm(Wait.Input));
    }

    [Fact]
    public void Arm_Disarmed_MayArmAgain()
    {
        for (int i = 0; i < 3; i++)
        {
            _signal.Arm(Wait.Input);
            Assert.True(_signal.TryDisarm());
        }
    }

    [Fact]
    public async Task WaitAsync_TokenCancelledSinceArm_IsCancelled()
    {
        using var source = new CancellationTokenSource();
        _signal.Arm(Wait.Input, source.Token);
        await source.CancelAsync();

        OperationCanceledException thrown = await Assert.ThrowsAsync<OperationCanceledException>(() => _signal.WaitAsync().InTime());

        Assert.Equal(source.Token, thrown.CancellationToken);
    }

    [Fact]
    public async Task WaitAsync_WokenThenCancelled_IsNotCancelled()
    {
        using var source = new CancellationTokenSource();
        _signal.Arm(Wait.Input, source.Token);
        ValueTask wait = _signal.WaitAsync();

        _signal.Wake(Wait.Input);
        await source.CancelAsync();

        await wait.InTime();
    }

    [Fact]
    public async Task WaitAsync_CancelledThenWoken_IsCancelled()
    {
        using var source = new CancellationTokenSource();
        _signal.Arm(Wait.Input, source.Token);
        ValueTask wait = _signal.WaitAsync();

        await source.CancelAsync();
        _signal.Wake(Wait.Input);

        await Assert.ThrowsAsync<OperationCanceledException>(() => wait.InTime());
    }

    [Fact]
    public void GetResult_NotEnded_Throws()
    {
        _signal.Arm(Wait.Input);
        short version = _signal.BeginWait();

        Assert.Throws<InvalidOperationException>(() => End(version));
    }

    [Fact]
    public async Task GetResult_OfAnEarlierWait_ThrowsAndLeavesTheLaterOne()
    {
        _signal.Arm(Wait.Input);
        short earlier = _signal.BeginWait();
        _signal.Wake(Wait.Input);
        End(earlier);
        _signal.Arm(Wait.Input);
        ValueTask later = _signal.WaitAsync();

        Assert.Throws<InvalidOperationException>(() => End(earlier));

        _signal.Wake(Wait.Input);
        await later.InTime();
    }

    // What an await does last. It does not block: a wait that has not ended throws.
    private void End(short version) => _signal.GetResult(version);
}
