using System.Diagnostics.CodeAnalysis;

namespace Pipelines.Testing;

/// <summary>A test has not ended and never will: everything of it waits.</summary>
/// <param name="message">Where the watched runs stand.</param>
[SuppressMessage("Design", "CA1032:Implement standard exception constructors", Justification = "Only the scheduler throws it.")]
public sealed class DeadlockException(string message) : Exception(message);
