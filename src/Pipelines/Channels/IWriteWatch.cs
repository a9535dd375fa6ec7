namespace Pipelines.Channels;

/// <summary>Who watches the writes of a shared writer, and may hold them.</summary>
internal interface IWriteWatch
{
    /// <summary>Whether every write has to wait, whatever room there is. Who changes that calls <see cref="SharedWriter{T}.Woken"/> then.</summary>
    bool HoldsWrites { get; }

    /// <summary>A write begins, before anything is looked at.</summary>
    void WriteBegins();

    /// <summary>It waits, or has written, and whoever was to hear of that has.</summary>
    void WriteEnds();
}
