namespace Pipelines.Execution;

/// <summary>Code that was called and may not have returned yet: a value task in the hands of an activity, asked for its result once.</summary>
/// <remarks>Whatever completes it calls the continuation, and that only queues the activity: nobody's thread is taken for the run, and none of the run's
/// contexts is captured.</remarks>
internal struct Pending<T>
{
    private ValueTask<T> _task;
    private bool _isHooked;

    /// <summary>Whether there is one.</summary>
    public bool IsBegun { get; private set; }

    public readonly bool IsCompleted => _task.IsCompleted;

    public void Begin(ValueTask<T> task)
    {
        _task = task;
        IsBegun = true;
        _isHooked = false;
    }

    /// <summary>The second look, behind the announcement of the wait: whether it has still not returned. It calls <paramref name="continuation"/> when it
    /// does.</summary>
    /// <param name="continuation">What to call, once.</param>
    /// <param name="isDirect">Whether the completion of a task calls it at once anyway: on the thread pool.</param>
    public bool IsStillPending(Action continuation, bool isDirect)
    {
        if (!IsBegun || _task.IsCompleted)
        {
            return false;
        }

        if (!_isHooked)
        {
            _isHooked = true;
            Hook(_task, continuation, isDirect);
        }

        return true;
    }

    /// <summary>Has the continuation called by whoever completes the task, on that one's thread: it only queues, or is short and ours.</summary>
    public static void Hook(in ValueTask<T> task, Action continuation, bool isDirect)
    {
        if (isDirect)
        {
            task.ConfigureAwait(false).GetAwaiter().UnsafeOnCompleted(continuation);
            return;
        }

        using (InlineContext.Enter())
        {
            task.GetAwaiter().UnsafeOnCompleted(continuation);
        }
    }

    /// <summary>Takes the result, or throws what the code has thrown. From here on there is none.</summary>
    public T End()
    {
        ValueTask<T> task = _task;
        _task = default;
        IsBegun = false;
        return task.GetAwaiter().GetResult();
    }
}

/// <summary>The same for code that has no result.</summary>
internal struct Pending
{
    private ValueTask _task;
    private bool _isHooked;

    /// <summary>Whether there is one.</summary>
    public bool IsBegun { get; private set; }

    public readonly bool IsCompleted => _task.IsCompleted;

    public void Begin(ValueTask task)
    {
        _task = task;
        IsBegun = true;
        _isHooked = false;
    }

    /// <summary>As <see cref="Pending{T}.IsStillPending"/>.</summary>
    public bool IsStillPending(Action continuation, bool isDirect)
    {
        if (!IsBegun || _task.IsCompleted)
        {
            return false;
        }

        if (_isHooked)
        {
            return true;
        }

        _isHooked = true;
        Hook(_task, continuation, isDirect);
        return true;
    }

    /// <inheritdoc cref="Pending{T}.Hook"/>
    public static void Hook(in ValueTask task, Action continuation, bool isDirect)
    {
        if (isDirect)
        {
            task.ConfigureAwait(false).GetAwaiter().UnsafeOnCompleted(continuation);
            return;
        }

        using (InlineContext.Enter())
        {
            task.GetAwaiter().UnsafeOnCompleted(continuation);
        }
    }

    /// <summary>Throws what the code has thrown. From here on there is none.</summary>
    public void End()
    {
        ValueTask task = _task;
        _task = default;
        IsBegun = false;
        task.GetAwaiter().GetResult();
    }
}
