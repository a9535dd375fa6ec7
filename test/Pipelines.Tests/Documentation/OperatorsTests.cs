using System.Reflection;
using System.Runtime.CompilerServices;

namespace Pipelines.Tests.Documentation;

/// <summary>The page on operators has a line for each of them.</summary>
public sealed class OperatorsTests
{
    [Fact]
    public void Page_EveryPublicOperator_HasALine()
    {
        string[] lines = [.. File.ReadAllLines(Path.Combine(Repository.Root, "docs", "operators.md")).Where(line => line.StartsWith('|'))];
        Type[] faces =
        [
            typeof(Pipeline), typeof(Pipeline<>),
            .. typeof(Pipeline).Assembly.GetExportedTypes().Where(type => type.IsAbstract && type.IsSealed && Extends(type)),
        ];

        string[] operators = [.. faces
            .SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly))
            .Where(method => !method.IsSpecialName && method.GetBaseDefinition().DeclaringType != typeof(object) && method.Name != nameof(Pipeline.GetGraph))
            .Select(method => method.Name)
            .Distinct()];
        string[] missing = [.. operators.Where(name => !lines.Any(line => Names(line).Contains(name)))];

        Assert.Contains("Window", operators);
        Assert.Empty(missing);
    }

    // Extension methods on a pipeline.
    private static bool Extends(Type type) => type.GetMethods().Any(method =>
        method.IsDefined(typeof(ExtensionAttribute))
        && method.GetParameters()[0].ParameterType is { IsGenericType: true } first && first.GetGenericTypeDefinition() == typeof(Pipeline<>));

    // What stands in code marks in the line's first cell, without parameters.
    private static IEnumerable<string> Names(string line) =>
        line.Split('|')[1].Split('`').Where((_, index) => index % 2 == 1).Select(code => code.Split('(')[0]);
}
