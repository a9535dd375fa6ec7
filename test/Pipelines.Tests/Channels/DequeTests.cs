using System.Diagnostics.CodeAnalysis;
using Pipelines.Channels;

namespace Pipelines.Tests.Channels;

public sealed class DequeTests
{
    // Beside the in-box linked list, which does the same and allocates for each item.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [SuppressMessage("Security", "CA5394:Do not use insecure randomness", Justification = "It is to be replayed.")]
    public void Deque_RandomCalls_DoesWhatALinkedListDoes(int seed)
    {
        var random = new Random(seed);
        var model = new LinkedList<int>();
        var deque = new Deque<int>();
        for (int i = 0; i < 10_000; i++)
        {
            switch (random.Next(i % 1000 < 500 ? 4 : 3))
            {
                case 0 when model.Count > 0:
                    Assert.Equal(model.First!.Value, deque.TakeFirst());
                    model.RemoveFirst();
                    break;
                case 1 when model.Count > 0:
                    Assert.Equal(model.Last!.Value, deque.TakeLast());
                    model.RemoveLast();
                    break;
                default:
                    model.AddLast(i);
                    deque.AddLast(i);
                    break;
            }

            Assert.Equal(model.Count, deque.Count);
        }
    }
}
