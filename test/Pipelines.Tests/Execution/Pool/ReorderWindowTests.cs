using Pipelines.Execution;

namespace Pipelines.Tests.Execution.Pool;

/// <summary>Results published in every order leave in the order of their places, and one has the right to pass them on, or it lies at the head.</summary>
public sealed class ReorderWindowTests
{
    private const int Items = 5;
    private const int Refused = -7;

    // Every way to claim five items in runs of up to three, to publish these in any order, whole or with a failure in the place of one item,
    // and to pass on all that there is or to stop in the middle of a run and go on with the next publication.
    [Theory]
    [InlineData(1, true)]
    [InlineData(2, true)]
    [InlineData(3, true)]
    [InlineData(4, true)]
    [InlineData(8, true)]
    [InlineData(2, false)]
    [InlineData(4, false)]
    public void Publish_InEveryOrder_ComesOutInTheOrderOfPlaces(int size, bool ordered)
    {
        int paths = EveryPath.Walk(choices => new Story(size, ordered, choices).Tell());

        Assert.True(paths > 1);
    }

    [Theory]
    [InlineData(1024, 1)]
    [InlineData(1024, 3)]
    [InlineData(1500, 7)]
    [InlineData(4096, 1000)]
    public void Publish_RunsOverSeveralPieces_KeepsAll(int size, int run)
    {
        var window = new ReorderWindow<int>(size, ordered: true);
        int next = 0;
        for (int published = 0; published < 5 * size; published += run)
        {
            Assert.True(window.Publish(published, [.. Enumerable.Range(published, run)]));
            while (window.TakeHead() is var length && length != 0)
            {
                Assert.Equal(run, length);
                while (window.Emitted < length)
                {
                    Assert.Equal(next++, window.TakeNext());
                }

                window.MoveHead(length);
            }

            Assert.Equal(next, window.Head);
        }
    }

    [Fact]
    public void Publish_Nothing_BringsNoBaton()
    {
        var window = new ReorderWindow<int>(4, ordered: true);

        Assert.False(window.Publish(0, ReadOnlySpan<int>.Empty));
        Assert.True(window.Publish(0, 1));
    }

    [Fact]
    public void TakeNext_OfReferences_LetsGoOfThem()
    {
        var window = new ReorderWindow<object>(4, ordered: true);
        WeakReference reference = Fill(window);
        GC.Collect();
        Assert.False(reference.IsAlive);
        Assert.Equal(1, window.Emitted);

        static WeakReference Fill(ReorderWindow<object> window)
        {
            object item = new();
            Assert.True(window.Publish(0, item));
            Assert.Equal(1, window.TakeHead());
            Assert.Same(item, window.TakeNext());
            return new WeakReference(item);
        }
    }

    [Fact]
    public void Abandon_WhatWasNotPassedOn_ComesOnceWithFailuresInTheirPlaces()
    {
        var window = new ReorderWindow<int>(8, ordered: true);
        Assert.True(window.Publish(0, [0, 1, 2]));
        Assert.Equal(3, window.TakeHead());
        Assert.Equal(0, window.TakeNext()); // one of the first run has gone
        Assert.False(window.PublishFailure(window.PlaceFor(3, 1)));
        Assert.False(window.Publish(5, [5, 6])); // the item at 4 is not done
        List<int> left = [];
        List<long> failed = [];

        window.Abandon(7, left.Add, failed.Add);

        Assert.Equal([1, 2, 5, 6], left);
        Assert.Equal([3], failed);
    }

    private sealed class Story(int size, bool ordered, EveryPath choices)
    {
        private readonly ReorderWindow<int> _window = new(size, ordered);
        private readonly List<(long Place, int Length)> _inHand = [];
        private readonly List<int> _out = [];
        private readonly List<int> _published = [];
        private long _claimed;
        private bool _hasBaton;

        public void Tell()
        {
            while (_out.Count < Items)
            {
                long room = Math.Min(Items - _claimed, size - (_claimed - _window.Head));
                int most = (int)Math.Min(room, 3);
                int option = choices.Choose(most + _inHand.Count);
                if (option < most)
                {
                    _inHand.Add((_claimed, option + 1));
                    _claimed += option + 1;
                    continue;
                }

                (long place, int length) = _inHand[option - most];
                _inHand.RemoveAt(option - most);
                bool comes = Publish(place, length);
                Assert.False(comes && _hasBaton, "There are two batons.");
                _hasBaton |= comes;
                if (_hasBaton)
                {
                    PassOn();
                }
            }

            Assert.False(_hasBaton);
            Assert.Equal(ordered ? Enumerable.Range(0, Items) : _published, _out.Select(item => item <= Refused ? Refused - item : item));
            Assert.Equal(Items, _window.Head);
        }

        private bool Publish(long place, int length)
        {
            int[] results = [.. Enumerable.Range((int)place, length)];
            if (length == 1 && choices.Choose(2) == 1)
            {
                _published.Add((int)place);
                long failed = _window.PlaceFor(place, 1);
                _failed.Add(failed, (int)place);
                return _window.PublishFailure(failed);
            }

            _published.AddRange(results);
            return length == 1 ? _window.Publish(place, results[0]) : _window.Publish(place, results);
        }

        private readonly Dictionary<long, int> _failed = [];

        // To the end of what there is, or up to the first result of a run of several: then whoever comes next goes on.
        private void PassOn()
        {
            while (_window.TakeHead() is var run && run != 0)
            {
                if (run == ReorderWindow<int>.Failed)
                {
                    _out.Add(Refused - _failed[_window.Head]);
                    _window.MoveHead(1);
                    continue;
                }

                if (_window.Emitted == 0 && run > 1 && _inHand.Count > 0 && choices.Choose(2) == 1)
                {
                    _out.Add(_window.TakeNext());
                    return;
                }

                while (_window.Emitted < run)
                {
                    _out.Add(_window.TakeNext());
                }

                _window.MoveHead(run);
            }

            _hasBaton = false;
        }
    }
}
