using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace Pipelines.Tests.Compilation;

/// <summary>
/// The library's assertions are half of the proof of its lock-free code. It is optimised in every configuration, so nobody would see by its speed or its
/// stacks that a debug build had lost them.
/// </summary>
public sealed class AssertionTests
{
#if DEBUG
    private const bool Expected = true;
#else
    private const bool Expected = false;
#endif

    [Fact]
    public void Library_AsBuiltWithThisTest_AssertsInADebugBuildOnly()
    {
        using var file = new PEReader(File.OpenRead(typeof(Pipeline).Assembly.Location));
        MetadataReader metadata = file.GetMetadataReader();

        Assert.Equal(Expected, metadata.MemberReferences.Select(metadata.GetMemberReference).Any(member =>
            metadata.StringComparer.Equals(member.Name, "Assert")
            && member.Parent.Kind == HandleKind.TypeReference
            && metadata.StringComparer.Equals(metadata.GetTypeReference((TypeReferenceHandle)member.Parent).Name, "Debug")));
    }

#if DEBUG
    [Fact]
    public void Assertion_ThatDoesNotHold_FailsTheTest() =>
        Assert.NotNull(Record.Exception(() => System.Diagnostics.Debug.Assert(!Expected, "This one never holds.")));
#endif
}
