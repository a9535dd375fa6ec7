namespace Pipelines.Tests.Foreign;

/// <summary>What hostile code throws: no other test's.</summary>
internal sealed class HostileException(string who) : Exception(who);
