namespace Pipelines.Hosting;

/// <summary>What a hosted pipeline needs of its inbox, whatever it is fed with.</summary>
internal interface IInbox
{
    /// <summary>Ends when the inbox is closed and empty.</summary>
    Task Drained { get; }

    InboxReport Report();

    /// <summary>What a run's build is given: a <see cref="PipelineInput{T}"/>. One run reads at a time.</summary>
    object Input();

    /// <summary>Nothing is accepted until <see cref="Open"/>; what was, stays.</summary>
    void Refuse();

    void Open();

    /// <summary>Nothing is accepted any more, for good; what was, may still be read.</summary>
    void Close();

    /// <summary>Takes out what nobody will read any more. Closed, and no run reads.</summary>
    IEnumerable<object?> TakeRest();
}

/// <summary>What the build of a pipeline begins with, where its type is not known.</summary>
internal sealed record PipelineInput<T>(Pipeline<T> Pipeline);
