using Akka.Actor;
using Akka.Streams;

namespace Benchmarks.Quick;

/// <summary>What Akka.Streams needs around a graph: one actor system for the process, made when it is first asked for, and a materializer with the
/// defaults.</summary>
internal static class AkkaPeer
{
    private static readonly Lazy<ActorMaterializer> s_materializer = new(static () =>
        ActorSystem.Create("benchmarks", "akka.loglevel = OFF, akka.stdout-loglevel = OFF").Materializer());

    public static IMaterializer Materializer => s_materializer.Value;
}
