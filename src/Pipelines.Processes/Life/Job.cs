using System.Globalization;

namespace Pipelines.Processes;

/// <summary>What a worker process is to do, as the parent says it in the first frame.</summary>
internal sealed class Job
{
    public required JobKind Kind { get; init; }

    /// <summary>Under what its function was registered; null if it is found by reflection, by what follows.</summary>
    public string? Key { get; init; }

    public string Input { get; init; } = "";

    public string Output { get; init; } = "";

    public CodeReference? Work { get; init; }

    public CodeReference? CreateWorker { get; init; }

    public string[] Serializers { get; init; } = [];

    public string[] Folders { get; init; } = [];

    /// <summary>Null: what the process has by itself. To set it would load all that cultures need, a fifth of what a start takes.</summary>
    public string? Culture { get; init; }

    public string? UICulture { get; init; }

    public long MemoryLimit { get; init; }

    public byte[] ToBytes()
    {
        var writer = new ItemWriter([], new Scratch());
        writer.WriteRaw(Kind);
        writer.WriteText(Key);
        writer.WriteText(Input);
        writer.WriteText(Output);
        CodeReference.Write(ref writer, Work);
        CodeReference.Write(ref writer, CreateWorker);
        WriteAll(ref writer, Serializers);
        WriteAll(ref writer, Folders);
        writer.WriteText(Culture);
        writer.WriteText(UICulture);
        writer.WriteRaw(MemoryLimit);
        return writer.Written.ToArray();
    }

    public static Job Read(ReadOnlySpan<byte> bytes)
    {
        var reader = new ItemReader(bytes);
        var job = new Job
        {
            Kind = reader.ReadRaw<JobKind>(),
            Key = reader.ReadText(),
            Input = reader.ReadText()!,
            Output = reader.ReadText()!,
            Work = CodeReference.Read(ref reader),
            CreateWorker = CodeReference.Read(ref reader),
            Serializers = ReadAll(ref reader),
            Folders = ReadAll(ref reader),
            Culture = reader.ReadText(),
            UICulture = reader.ReadText(),
            MemoryLimit = reader.ReadRaw<long>(),
        };
        reader.End();
        return job;
    }

    /// <summary>The cultures of this moment, on this thread; null where a worker has them by itself.</summary>
    public static (string? Culture, string? UICulture) CulturesFor(ProcessWorkers options)
    {
        (string culture, string uiCulture) = (CultureInfo.CurrentCulture.Name, CultureInfo.CurrentUICulture.Name);
        bool isOther = options.Environment.Keys.Any(name => name.StartsWith("LC_", StringComparison.Ordinal)
            || name.StartsWith("LANG", StringComparison.Ordinal) || name.Contains("GLOBALIZATION", StringComparison.OrdinalIgnoreCase));
        return isOther || s_usual.Value != (culture, uiCulture) ? (culture, uiCulture) : (null, null);
    }

    // Those of the environment, if nobody had changed them for the whole process when they were looked at.
    private static readonly Lazy<(string, string)?> s_usual = new(() =>
    {
        if (CultureInfo.DefaultThreadCurrentCulture is not null || CultureInfo.DefaultThreadCurrentUICulture is not null)
        {
            return null;
        }

        (string, string)? usual = null;
        var thread = new Thread(() => usual = (CultureInfo.CurrentCulture.Name, CultureInfo.CurrentUICulture.Name));
        thread.UnsafeStart(); // without what flows from here
        thread.Join();
        return usual;
    });

    private static void WriteAll(ref ItemWriter writer, string[] texts)
    {
        writer.WriteCount(texts.Length);
        foreach (string text in texts)
        {
            writer.WriteText(text);
        }
    }

    private static string[] ReadAll(ref ItemReader reader)
    {
        string[] texts = new string[Math.Max(0, reader.ReadCount())];
        for (int i = 0; i < texts.Length; i++)
        {
            texts[i] = reader.ReadText()!;
        }

        return texts;
    }
}

/// <summary>What kind of block it is.</summary>
internal enum JobKind
{
    /// <summary>An answer for each item.</summary>
    Map,

    /// <summary>Items go in, and nothing comes back but the end.</summary>
    Consume,

    /// <summary>Items go in, and others come back.</summary>
    Transform,
}
