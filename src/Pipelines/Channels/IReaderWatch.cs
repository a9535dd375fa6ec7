namespace Pipelines.Channels;

/// <summary>Hears when a queue's reader takes no more, on the reader's thread: for a writer that may wait for something else than room.</summary>
internal interface IReaderWatch
{
    void ReaderLeft();
}
