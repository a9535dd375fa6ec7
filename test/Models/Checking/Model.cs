namespace Pipelines.Models.Checking;

/// <summary>A program of a few threads over shared words, small enough that all of its interleavings can be looked at.</summary>
/// <remarks>
/// <para>A thread is an iterator that yields its accesses to memory and finds in <see cref="Got"/> what the last one brought; it calls other iterators by <see cref="Call"/>. So a method of the code
/// becomes an iterator with the same lines. The explorer copies iterators as they stand, and tells states apart by their locals: these must be numbers, flags, places, or things that never change.</para>
/// <para>What a thread owns, and what only the model knows, it reads and writes by the indexer: at once, for all to see, as part of the step before.</para>
/// </remarks>
internal abstract class Model
{
    private readonly List<string> _places = [];
    private readonly List<int> _initial = [];

    public List<(string Name, Func<IEnumerator<Op>> Body, bool MayWait)> Threads { get; } = [];

    public IReadOnlyList<int> Initial => _initial;

    /// <summary>What is wrong, if the last step has shown it.</summary>
    public string? Complaint { get; set; }

    /// <summary>What the last access has brought; or what the last <see cref="Call"/> has returned.</summary>
    public int Got { get; set; }

    /// <summary>The memory of the state that the step leads to.</summary>
    public int[] Memory { get; set; } = [];

    protected int this[Place place]
    {
        get => Memory[place.Index];
        set => Memory[place.Index] = value;
    }

    public string NameOf(Place place) => _places[place.Index];

    /// <summary>Everything has ended or sleeps: what is wrong with that, beyond threads that wait and should not.</summary>
    public virtual string? AtRest() => null;

    /// <summary>What the model is of, with its sizes.</summary>
    public abstract override string ToString();

    protected Place Word(string name, int initial = 0)
    {
        _places.Add(name);
        _initial.Add(initial);
        return new Place(_places.Count - 1);
    }

    protected Place[] Words(string name, int count, Func<int, int>? initial = null) =>
        [.. Enumerable.Range(0, count).Select(i => Word($"{name}[{i}]", initial?.Invoke(i) ?? 0))];

    /// <param name="name">What it is called in a trace.</param>
    /// <param name="body">What it does.</param>
    /// <param name="mayWait">It may wait for ever at the end: there is no more work for it.</param>
    protected void Thread(string name, Func<IEnumerator<Op>> body, bool mayWait = false) => Threads.Add((name, body, mayWait));

    protected void Check(bool holds, string otherwise)
    {
        if (!holds)
        {
            Complaint ??= otherwise;
        }
    }

    /// <summary>To be followed by the end of the method.</summary>
    protected void Return(int value) => Got = value;

    protected void Return(bool value) => Got = value ? 1 : 0;

    protected static Op Read(Place place) => new(OpKind.Read, place);

    protected static Op ReadPlain(Place place) => new(OpKind.ReadPlain, place);

    protected static Op Write(Place place, int value) => new(OpKind.Write, place, value);

    protected static Op WritePlain(Place place, int value) => new(OpKind.WritePlain, place, value);

    protected static Op CompareExchange(Place place, int value, int comparand) => new(OpKind.CompareExchange, place, value, comparand);

    protected static Op Exchange(Place place, int value) => new(OpKind.Exchange, place, value);

    /// <summary>It brings the new value, as <see cref="Interlocked.Add(ref int, int)"/> does.</summary>
    protected static Op Add(Place place, int value) => new(OpKind.Add, place, value);

    /// <summary>It brings the old value.</summary>
    protected static Op Or(Place place, int bits) => new(OpKind.Or, place, bits);

    protected static Op Fence() => new(OpKind.Fence);

    protected static Op ProcessWideFence() => new(OpKind.ProcessWideFence);

    protected static Op Await(Place place, int value) => new(OpKind.Await, place, value);

    /// <summary>Takes a lock. It acquires and releases, and no more is presumed of it.</summary>
    protected static Op Enter(Place gate) => new(OpKind.Enter, gate);

    protected static Op Exit(Place gate) => Write(gate, 0);

    protected static Op Call(IEnumerator<Op> body) => new(OpKind.Call, Body: body);
}
