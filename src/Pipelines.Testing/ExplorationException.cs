using System.Diagnostics.CodeAnalysis;

namespace Pipelines.Testing;

/// <summary>A test has failed in one of its interleavings.</summary>
/// <param name="message">Names the seed that replays it.</param>
/// <param name="innerException">The test's own exception.</param>
[SuppressMessage("Design", "CA1032:Implement standard exception constructors", Justification = "Only the scheduler throws it.")]
public sealed class ExplorationException(string message, Exception innerException) : Exception(message, innerException);
