namespace Pipelines.AspNetCore.Tests.Browser;

/// <summary>All tests that need the browser: they share one.</summary>
[CollectionDefinition(nameof(BrowserTests))]
public sealed class BrowserTests : ICollectionFixture<BrowserFixture>;
