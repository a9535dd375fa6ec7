namespace Pipelines.Tests.Documentation.Migrating;

/// <summary>The code in the guide for those who come from elsewhere is that of the files beside this one.</summary>
public sealed class MigratingTests
{
    [Fact]
    public void Migrating_Code_IsThatOfItsSources() =>
        Snippets.AssertAreShown("test/Pipelines.Tests/Documentation/Migrating", "docs/migrating.md");
}
