namespace Pipelines.Processes.Tests.Life;

/// <summary>A folder for <see cref="Errand"/>s, gone with the test.</summary>
internal sealed class ErrandFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("errands");

    public IEnumerable<Errand> Errands(int count) => Enumerable.Range(0, count).Select(number => new Errand(number, _folder.FullName));

    public int TimesBegun(int number) => new Errand(number, _folder.FullName).Times;

    public void LetGo() => File.WriteAllText(new Errand(0, _folder.FullName).Sign, "");

    public void Dispose() => _folder.Delete(recursive: true);
}
