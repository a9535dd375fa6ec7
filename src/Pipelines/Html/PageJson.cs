using System.Text.Json.Serialization;

namespace Pipelines;

/// <summary>How the page's data is written: by generated code, so that a native program can do it too. Whatever could end a script is escaped.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    GenerationMode = JsonSourceGenerationMode.Serialization)]
[JsonSerializable(typeof(PageReport))]
internal sealed partial class PageJson : JsonSerializerContext;
