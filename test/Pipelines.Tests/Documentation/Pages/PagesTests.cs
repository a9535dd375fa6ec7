namespace Pipelines.Tests.Documentation.Pages;

/// <summary>The pages show code of this folder, word for word.</summary>
public sealed class PagesTests
{
    [Fact]
    public void Pages_Code_IsCompiledAndRun() =>
        Snippets.AssertAreShown(
            "test/Pipelines.Tests/Documentation/Pages",
            "docs/concepts.md", "docs/sources-and-results.md", "docs/your-own-blocks.md", "docs/ordering.md", "docs/failures-and-stopping.md",
            "docs/backpressure-and-memory.md", "docs/observability.md");

    [Fact]
    public void PageOnModels_Code_IsThatOfAModel() => Snippets.AssertAreShown("test/Models", "docs/architecture-models.md");

    [Fact]
    public void PageOnHosting_Code_IsCompiledAndRun() =>
        Snippets.AssertAreShown("test/Pipelines.Hosting.Tests/Documentation", "docs/hosting.md");

    [Fact]
    public void PageOnTheLivePage_Code_IsCompiledAndRun() => Snippets.AssertAreShown("test/Pipelines.AspNetCore.Tests/Documentation", "docs/page.md");

    [Fact]
    public void PageOnTesting_Code_IsCompiledAndRun() => Snippets.AssertAreShown("test/Pipelines.Testing.Tests/Documentation", "docs/testing.md");
}
