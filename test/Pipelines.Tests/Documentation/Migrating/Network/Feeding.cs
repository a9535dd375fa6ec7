using System.Threading.Tasks.Dataflow;

namespace Pipelines.Tests.Documentation.Migrating.Network;

internal static class Feeding
{
    /// <summary>Sends everything to a block, then completes it.</summary>
    public static async Task FeedAsync<T>(ITargetBlock<T> first, IEnumerable<T> items)
    {
        foreach (T item in items)
        {
            if (!await first.SendAsync(item))
            {
                return; // it has failed, and says so elsewhere
            }
        }

        first.Complete();
    }
}
