namespace Pipelines;

/// <summary>What happens to an item that an observable pushes while the buffer for it is full. An observable cannot be made to wait.</summary>
public enum ObservableOverflow
{
    /// <summary>The run fails with <see cref="InvalidOperationException"/>. The default: nothing is lost without somebody having said so.</summary>
    Fail,

    /// <summary>The item is dropped: counted, and handed to <see cref="PipelineOptions.OnUndelivered"/>.</summary>
    DropNewest,

    /// <summary>The item that has waited longest is dropped: counted, and handed to <see cref="PipelineOptions.OnUndelivered"/>.</summary>
    DropOldest,
}
