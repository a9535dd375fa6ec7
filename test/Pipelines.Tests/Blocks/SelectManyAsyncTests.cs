namespace Pipelines.Tests.Blocks;

public sealed class SelectManyAsyncTests
{
    [Fact]
    public void SelectManyAsync_SettingItCannotKeep_IsRefusedAtTheCall()
    {
        Pipeline<int> numbers = Pipeline.Range(0, 1);

        Assert.Equal("options", Assert.Throws<ArgumentException>(() => numbers.SelectManyAsync(_ => NothingAsync(), new() { Parallelism = 2 })).ParamName);
        Assert.Equal("options", Assert.Throws<ArgumentException>(() => numbers.SelectManyAsync(_ => NothingAsync(), new() { Timeout = TimeSpan.FromSeconds(1) })).ParamName);
    }

    private static async IAsyncEnumerable<int> NothingAsync()
    {
        await Task.Yield();
        yield break;
    }
}
