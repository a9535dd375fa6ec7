using System.Runtime.CompilerServices;

namespace Pipelines.Execution;

/// <summary>The results of a pool that have not been passed on, each in its place, and the right to pass them on.</summary>
/// <remarks>
/// <para>The word at a place says what has become of it: 0, nothing yet; a number, so many results from there on; <see cref="Failed"/>; or <see
/// cref="Baton"/>.</para>
/// <code>
///             leave: 0 -> baton (compare-and-swap, by who has the baton and found 0)
///      0  ------------------------------>  baton
///      |  publish: 0 -> n, failed              |  publish: baton -> n, failed (the same exchange), which brings the baton to light
///      v   (exchange)                          v
///      n, failed  ----- passed on: 0 ----->  (who has the baton)
/// </code>
/// <para>One at a time has the baton, and with it the chain and all of <see cref="DrainState"/>. When it arrives at a place that is not published it leaves
/// the baton there, for whoever publishes
/// that place. Of the two that meet at a word one is the second, and sees what the first has left: so no published head is without somebody who passes it on.
/// A run begins where the run before it
/// ends, so the head is always the first place of one. Modelled in test/Models (BatonModel).</para>
/// <para>Places are in pieces that are made when the first result comes to them: a window of thousands that is never used costs nothing.</para>
/// </remarks>
internal sealed class ReorderWindow<TOut>
{
    public const int Failed = -1;
    private const int Baton = -2;
    private const int LargestPiece = 1024;

    private readonly Piece?[] _pieces;
    private readonly int _shift;
    private readonly int _mask;
    private readonly int _placeMask;
    private readonly bool _ordered;
    private DrainState _drain;

    // Of an unordered pool, how many places have been given away.
    private long _placed;

    public ReorderWindow(int size, bool ordered)
    {
        Size = size;
        _ordered = ordered;
        int places = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)size);
        int piece = Math.Min(places, LargestPiece);
        _placeMask = places - 1;
        _mask = piece - 1;
        _shift = System.Numerics.BitOperations.Log2((uint)piece);
        _pieces = new Piece?[places / piece];
        PieceOf(0).Done[0] = Baton;
    }

    /// <summary>How many places there are between the head and the newest claim.</summary>
    public int Size { get; }

    /// <summary>The first place that was not passed on. Any thread.</summary>
    public long Head => Volatile.Read(ref _drain.Head);

    /// <summary>Of the run that stands at the head, how many results were passed on. With the baton only.</summary>
    public ref int Emitted => ref _drain.Emitted;

    /// <summary>How many places have been given away to results.</summary>
    public long Placed => Volatile.Read(ref _placed);

    /// <summary>Where results go: in an ordered pool the place that came with the claim; in another it is decided when they come.</summary>
    public long PlaceFor(long claimed, int results) => _ordered ? claimed : Interlocked.Add(ref _placed, results) - results;

    /// <summary>Publishes results in their places. True: with them came the baton.</summary>
    public bool Publish(long claimed, ReadOnlySpan<TOut> results)
    {
        if (results.IsEmpty)
        {
            return false;
        }

        long place = PlaceFor(claimed, results.Length);
        Piece first = PieceOf(place);
        int offset = (int)place & _mask;
        int fits = Math.Min(results.Length, first.Results.Length - offset);
        results[..fits].CopyTo(first.Results.AsSpan(offset));
        for (int done = fits; done < results.Length; done += fits)
        {
            Piece next = PieceOf(place + done);
            fits = Math.Min(results.Length - done, next.Results.Length);
            results.Slice(done, fits).CopyTo(next.Results);
        }

        return Interlocked.Exchange(ref first.Done[offset], results.Length) == Baton;
    }

    /// <summary>Publishes one result.</summary>
    public bool Publish(long claimed, TOut result)
    {
        long place = PlaceFor(claimed, 1);
        Piece piece = PieceOf(place);
        int offset = (int)place & _mask;
        piece.Results[offset] = result;
        return Interlocked.Exchange(ref piece.Done[offset], 1) == Baton;
    }

    /// <summary>Publishes a failure in a place that <see cref="PlaceFor"/> has named.</summary>
    public bool PublishFailure(long place) => Interlocked.Exchange(ref PieceOf(place).Done[(int)place & _mask], Failed) == Baton;

    /// <summary>What stands at the head: so many results, or <see cref="Failed"/>. 0: nothing, and the baton was left there. With the baton only.</summary>
    public int TakeHead()
    {
        ref int word = ref PieceOf(_drain.Head).Done[(int)_drain.Head & _mask];
        int run = Volatile.Read(ref word);
        return run != 0 ? run : Interlocked.CompareExchange(ref word, Baton, 0);
    }

    /// <summary>The result at the head that is next, taken out of its place. With the baton only.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TOut TakeNext()
    {
        long at = _drain.Head + _drain.Emitted++;
        ref TOut place = ref PieceOf(at).Results[(int)at & _mask];
        TOut result = place;
        if (RuntimeHelpers.IsReferenceOrContainsReferences<TOut>())
        {
            place = default!;
        }

        return result;
    }

    /// <summary>What stood at the head has been passed on. With the baton only.</summary>
    public void MoveHead(int places)
    {
        PieceOf(_drain.Head).Done[(int)_drain.Head & _mask] = 0;
        _drain.Emitted = 0;
        Volatile.Write(ref _drain.Head, _drain.Head + places);
    }

    /// <summary>When everything has stopped: each result and each failed place between the head and <paramref name="end"/>.</summary>
    public void Abandon(long end, Action<TOut> result, Action<long> failed)
    {
        for (long place = _drain.Head; place < end;)
        {
            int run = PieceOf(place).Done[(int)place & _mask];
            for (int i = _drain.Emitted; i < run; i++)
            {
                result(PieceOf(place + i).Results[(int)(place + i) & _mask]);
            }

            if (run == Failed)
            {
                failed(place);
            }

            _drain.Emitted = 0;
            place += Math.Max(1, run);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Piece PieceOf(long place)
    {
        ref Piece? piece = ref _pieces[((int)place & _placeMask) >> _shift];
        return Volatile.Read(ref piece) ?? Make(ref piece);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private Piece Make(ref Piece? piece) => Interlocked.CompareExchange(ref piece, new Piece(_mask + 1), null) ?? piece;

    private sealed class Piece(int size)
    {
        public readonly TOut[] Results = new TOut[size];
        public readonly int[] Done = new int[size];
    }
}

/// <summary>What only who has the baton writes, a cache line away from what all workers read.</summary>
[StructLayout(LayoutKind.Explicit, Size = 192)]
internal struct DrainState
{
    /// <summary>The first place that was not passed on. Others read it, to see how much room there is.</summary>
    [FieldOffset(64)]
    public long Head;

    /// <summary>Of the run that stands at the head, how many results were pushed.</summary>
    [FieldOffset(72)]
    public int Emitted;
}
