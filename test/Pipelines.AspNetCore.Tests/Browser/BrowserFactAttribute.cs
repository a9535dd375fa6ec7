namespace Pipelines.AspNetCore.Tests.Browser;

/// <summary>A test in a real browser. Without one it is skipped in capital letters, and in CI it fails.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class BrowserFactAttribute : FactAttribute
{
    public BrowserFactAttribute() => Skip = Chromium.WhyNot;
}
