namespace Pipelines.Workers;

/// <summary>A value of a <see cref="Shared{T}"/> as it was at one moment. It never changes.</summary>
/// <param name="Value">The value. It should be immutable itself: what a caller changes inside of it, it changes for everybody, behind the version's
/// back.</param>
/// <param name="Version">How many updates there had been: 0 for the first value, one more with each.</param>
/// <typeparam name="T">What is shared.</typeparam>
[DebuggerDisplay("{Value} (version {Version})")]
public sealed record Snapshot<T>(T Value, long Version);
