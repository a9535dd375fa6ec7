using System.Threading.Channels;

namespace Pipelines.Tests.Channels;

/// <summary>The in-box channel passes the contract: what ours is measured by is not made up.</summary>
public sealed class InBoxBoundedChannelTests : ChannelContractTests
{
    protected override Channel<T> Create<T>(int capacity) =>
        Channel.CreateBounded<T>(new BoundedChannelOptions(capacity) { SingleReader = true, SingleWriter = true });
}
