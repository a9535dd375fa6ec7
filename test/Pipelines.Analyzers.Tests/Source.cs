using Microsoft.CodeAnalysis.Text;

namespace Pipelines.Analyzers.Tests;

/// <summary>C# in which <c>[|</c> and <c>|]</c> stand around what has to be found.</summary>
internal sealed class Source
{
    private const string Usings = """
        using System;
        using System.Collections.Concurrent;
        using System.Collections.Generic;
        using System.IO;
        using System.Linq;
        using System.Text;
        using System.Threading;
        using System.Threading.Channels;
        using System.Threading.Tasks;
        using Pipelines;

        """;

    private const string Opening = """

        public sealed class Store
        {
            public int Count;
            public int Total { get; set; }
            public List<int> Items { get; } = [];
            public Task AddAsync(int item) => Task.CompletedTask;
            public Task AddAsync(string[] items) => Task.CompletedTask;
            public ValueTask PutAsync(int item) => default;
            public ValueTask<bool> TryPutAsync(int item) => default;
            public Task AddWithTokenAsync(int item, CancellationToken token) => Task.CompletedTask;
            public ValueTask PutWithTokenAsync(int item, CancellationToken token) => default;
        }

        public class User
        {
            private static readonly BlockOptions Pooled = new() { Parallelism = 4 };
            private static BlockOptions PooledToo => new() { Parallelism = 4 };
            private static int _total;
            private static readonly List<int> _seen = [];
            [ThreadStatic] private static int _ofThread;
            private static volatile bool _flag;

            private static Task<int> DownloadAsync(int item) => Task.FromResult(item);
            private static Task<int> DownloadWithTokenAsync(int item, CancellationToken token) => Task.FromResult(item);
            private static ValueTask<int> LookUpAsync(int item) => new(item);
            private static ValueTask<int> LookUpWithTokenAsync(int item, CancellationToken token) => new(item);
            private static Task<bool> AskAsync(int item) => Task.FromResult(true);
            private static ValueTask<bool> CheckAsync(int item) => new(true);
            private static async void SaveInVoid(int item) => await Task.Yield();
            private static int AddUp(int item) => _total += item;
            private static int Twice(int item) => 2 * item;
            private static int DownloadNow(int item) => DownloadAsync(item).Result;
            private static IEnumerable<string> Tokenize(string text) => text.Split(' ');
            private static async IAsyncEnumerable<int> PagesAsync(int item)
            {
                await Task.Yield();
                yield return item;
            }

            private static async Task RunAsync(
                Pipeline<int> numbers, Pipeline<string> texts, Pipeline<int>? perhaps, Pipeline closed, Store store,
                string folder, int workers, CancellationToken token)
            {
                await Task.Yield();

        """;

    private const string Closing = """

            }
        }
        """;

    private const string Open = "[|";
    private const string Close = "|]";

    private Source(string marked)
    {
        var marks = new List<TextSpan>();
        while (marked.IndexOf(Open, StringComparison.Ordinal) is >= 0 and int start)
        {
            int end = marked.IndexOf(Close, start, StringComparison.Ordinal) - Open.Length;
            marked = marked.Remove(start, Open.Length).Remove(end, Close.Length);
            marks.Add(TextSpan.FromBounds(start, end));
        }

        Code = marked;
        Marks = marks;
    }

    public string Code { get; }

    public IReadOnlyList<TextSpan> Marks { get; }

    /// <summary>Statements of an asynchronous method, with some pipelines at hand.</summary>
    public static Source Statements(string statements) => new(Usings + Opening + statements + Closing);

    /// <summary>A file, but for its usings.</summary>
    public static Source File(string code) => new(Usings + code);

    /// <summary>The statements in the middle of such code.</summary>
    public static string StatementsOf(string code) => code[(Usings.Length + Opening.Length)..^Closing.Length];
}
