namespace Pipelines.Models.Checking;

/// <summary>One access to shared memory: all that a thread of a model does between two of them is one step.</summary>
internal readonly record struct Op(OpKind Kind, Place Place = default, int Value = 0, int Comparand = 0, IEnumerator<Op>? Body = null);

internal enum OpKind
{
    /// <summary>An acquiring load.</summary>
    Read,
    ReadPlain,

    /// <summary>A releasing store.</summary>
    Write,
    WritePlain,
    CompareExchange,
    Exchange,
    Add,
    Or,
    Fence,
    ProcessWideFence,

    /// <summary>Waits until the place has that value or a greater one; it stands for whatever puts a sleeper on a thread again.</summary>
    Await,

    /// <summary>Waits until the place is 0 and sets it to 1.</summary>
    Enter,

    /// <summary>A method of the model's.</summary>
    Call,
}

/// <summary>A word of shared memory.</summary>
internal readonly record struct Place(int Index);
