using System.Text.Json;
using System.Text.Json.Serialization;

namespace Pipelines.AspNetCore;

/// <summary>What the page is told first.</summary>
/// <param name="Antiforgery">What it has to bring along to change something.</param>
/// <param name="Controls">Whether it may.</param>
internal sealed record PageHello(string Antiforgery, bool Controls);

/// <summary>A run in a line.</summary>
internal sealed record PageRow(
    string Id,
    string Name,
    string State,
    long Elapsed,
    int Blocks,
    long In,
    long Out,
    long InFlight,
    long? MaxInFlight,
    long Failed,
    string? Bottleneck,
    string? Failure);

/// <summary>How what the stream carries is written: by generated code.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    GenerationMode = JsonSourceGenerationMode.Serialization)]
[JsonSerializable(typeof(PageHello))]
[JsonSerializable(typeof(PageRow[]))]
[JsonSerializable(typeof(PageGraph))]
[JsonSerializable(typeof(PageSample))]
[JsonSerializable(typeof(PageErrors))]
[JsonSerializable(typeof(PageHistory))]
internal sealed partial class LiveJson : JsonSerializerContext
{
    public static byte[] Bytes<T>(T value) => JsonSerializer.SerializeToUtf8Bytes(value, typeof(T), Default);
}
