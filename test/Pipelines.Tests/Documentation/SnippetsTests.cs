using Xunit.Sdk;

namespace Pipelines.Tests.Documentation;

/// <summary>The check of the documentation finds what it is there to find.</summary>
public sealed class SnippetsTests
{
    [Fact]
    public void OfSource_MarkedLines_AreMovedToTheLeft()
    {
        string[] source = ["class A", "{", "    // snippet: loop", "    while (true)", "    {", "", "    }", "    // end", "}"];

        Assert.Equal([("loop", "while (true)\n{\n\n}")], Snippets.OfSource(source, "A.cs"));
    }

    [Fact]
    public void OfSource_WithoutEnd_IsRefused() =>
        Assert.Throws<TrueException>(() => Snippets.OfSource(["// snippet: loop", "while (true);"], "A.cs").ToList());

    [Fact]
    public void OfDocument_OtherLanguages_AreNotLookedAt()
    {
        string[] document = ["Text", "```", "not this", "```", "- in a list", "  ```csharp", "  this();", "  ```", "```text", "nor this", "```"];

        Assert.Equal([(7, "this();")], Snippets.OfDocument(document));
    }

    [Fact]
    public void AssertAreShown_DocumentThatSaysSomethingElse_IsNamedWithItsLine()
    {
        TrueException error = Assert.Throws<TrueException>(() => Snippets.AssertAreShown("test/Pipelines.Tests/Documentation/Migrating", "README.md"));

        Assert.StartsWith("README.md, line ", error.Message, StringComparison.Ordinal);
    }
}
