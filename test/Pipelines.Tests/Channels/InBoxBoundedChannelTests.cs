using System.Threading.Channels;

namespace Pipelines.Tests.Channels;

/// <summary>The contract holds for the channel whose contract it is.</summary>
public sealed class InBoxBoundedChannelTests : ChannelContractTests
{
    protected override Channel<T> Create<T>(int capacity) =>
        Channel.CreateBounded<T>(new BoundedChannelOptions(capacity) { SingleReader = true, SingleWriter = true });
}
