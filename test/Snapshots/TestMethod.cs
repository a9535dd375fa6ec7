using System.Reflection;

namespace Snapshots;

/// <summary>The test that verifies, as the compiler named it to us.</summary>
/// <param name="Assembly">Where the test was compiled into.</param>
/// <param name="SourceFile">Its file; the file's name is taken for the class's.</param>
/// <param name="Name">The method's name.</param>
internal sealed record TestMethod(Assembly Assembly, string SourceFile, string Name)
{
    private const BindingFlags AnyMethod =
        BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic;

    public string ClassName => Path.GetFileNameWithoutExtension(SourceFile);

    public string Directory
    {
        get
        {
            var directory = Path.GetDirectoryName(SourceFile);
            return System.IO.Directory.Exists(directory)
                ? directory
                : throw new VerifyException(
                    $"The directory of the test '{SourceFile}' does not exist. Was the test compiled on another machine, " +
                    "or with DeterministicSourcePaths, which replaces the paths that [CallerFilePath] gives?");
        }
    }

    /// <summary>The names of the method's first parameters, which only reflection knows.</summary>
    /// <param name="count">How many values the test gave.</param>
    /// <returns>The names, in order.</returns>
    public IEnumerable<string> ParameterNames(int count) =>
        Assembly.GetTypes()
            .Where(type => type.Name == ClassName)
            .SelectMany(type => type.GetMethods(AnyMethod))
            .Where(method => method.Name == Name)
            .Select(method => method.GetParameters())
            .FirstOrDefault(parameters => parameters.Length >= count)
            ?.Take(count)
            .Select(parameter => parameter.Name!)
        ?? throw new VerifyException(
            $"No method '{ClassName}.{Name}' with {count} parameters. A class that verifies with parameters must bear its file's name.");
}
