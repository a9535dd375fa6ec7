using System.Threading.Tasks.Dataflow;

namespace Pipelines.Tests.Dataflow.Protocol;

/// <summary>A message as a target has met it.</summary>
internal sealed record Offer(DataflowMessageHeader Header, int Item, ISourceBlock<int>? Source);
