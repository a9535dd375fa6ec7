using System.Reflection;
using System.Runtime.CompilerServices;

namespace Snapshots;

/// <summary>
/// Compares a text with the snapshot that lies beside the test, in <c>Class.Method.verified.txt</c>.
/// </summary>
/// <remarks>
/// The calls and the files are those of the package Verify, so that it can take this library's place.
/// To accept what a test printed, rename its <c>.received.txt</c> to <c>.verified.txt</c>.
/// </remarks>
public static class Verifier
{
    /// <summary>Compares <paramref name="target"/> with the snapshot of the calling test.</summary>
    /// <param name="target">The text; how its lines end, and whether its last line does, makes no difference.</param>
    /// <param name="settings">What to scrub, and how the snapshot is named; none by default.</param>
    /// <param name="sourceFile">The test's file, filled in by the compiler; its name is the class.</param>
    /// <param name="methodName">The test's method, filled in by the compiler.</param>
    /// <returns>A task that ends when the text was compared and its files are in order.</returns>
    /// <exception cref="VerifyException">The text is new, or is not what was verified.</exception>
    [MethodImpl(MethodImplOptions.NoInlining)] // Inlined, the calling assembly would be the caller's caller.
    public static Task Verify(
        string? target,
        VerifySettings? settings = null,
        [CallerFilePath] string sourceFile = "",
        [CallerMemberName] string methodName = "")
    {
        settings ??= new VerifySettings();
        var test = new TestMethod(Assembly.GetCallingAssembly(), sourceFile, methodName);
        var files = SnapshotFiles.Of(test, settings);
        return files.CompareAsync(settings.Scrub(target));
    }
}
