using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Pipelines;
using Pipelines.Processes;
using ProcessAotApp;

// "forgetful" is the program that does without this line: what it says is what its author reads.
bool isForgetful = args is ["forgetful"];
if (!isForgetful && WorkerProcess.TryRun(Register))
{
    return 0;
}

if (WorkerProcess.IsWorker && !isForgetful)
{
    Console.Error.WriteLine("A worker has come to Main.");
    return 1;
}

var printed = new ConcurrentQueue<string>();
BlockOptions options = new() { Parallelism = 2, Workers = new ProcessWorkers { OnOutput = output => printed.Enqueue(output.Text) } };
if (isForgetful)
{
    return Refused(() => Pipeline.Range(0, 3).Select(Work.Square, options), "is not registered", "WorkerProcess.TryRun") ? 0 : 1;
}

int[] numbers = [.. Enumerable.Range(0, 1000)];
var letters = new List<DeadLetter>();
bool isRight =
    Same(numbers.Select(Work.Square), await Pipeline.From(numbers).Select(Work.Square, options).ToListAsync())
    & Same(["ABC", "Ä"], await Pipeline.From(["abc", "ä"]).Select(Work.Louder, options).ToListAsync())
    & Same([new("Jane", 41), new("Joe", 2)], await Pipeline.From<Person>([new("Jane", 40), new("Joe", 1)]).Select(Work.Older, options).ToListAsync())
    & Same(numbers, await Pipeline.From(numbers).Select(Counter.Create, Counter.Count, options).ToListAsync())
    & Same(numbers.Select(number => number / 2), await Pipeline.From(numbers).SelectAsync(Work.HalfAsync, options).ToListAsync())
    & Same(numbers.Select(number => 3 * number), await Pipeline.From(numbers)
        .Transform<int>(Work.TripleAsync, new() { Workers = options.Workers }).ToListAsync())
    & Same(numbers.Where(number => number != 7), await Pipeline.From(numbers).Select(Work.Faults, options with
    {
        OnError = ErrorPolicy.DeadLetter(letters.Add),
    }).ToListAsync())
    & letters is [{ Item: 7, Exception: WorkerCrashedException { Attempts: 3 } }]
    & (RuntimeFeature.IsDynamicCodeSupported // which is to say that it is found all the same
        || Refused(() => Pipeline.Range(0, 3).Select(Work.Unknown, options), "is not registered", "WorkerProcess.TryRun"))
    & Refused(() => Pipeline.From([new Unsaid("")]).Select(Work.Say, options), "Unsaid cannot be carried", "WorkerRegistry.Carry");
await Pipeline.From(numbers).Consume(Work.PrintSumAsync, new() { Workers = options.Workers }).RunAsync();
string said = string.Concat(printed);
isRight &= said.Contains("consumed 499500", StringComparison.Ordinal) & said.Contains("disposed", StringComparison.Ordinal);
Console.WriteLine(isRight ? "ok" : $"not ok; printed: {said}; letters: {string.Join(", ", letters.Select(letter => $"{letter.Item}: {letter.Exception}"))}");
return isRight ? 0 : 1;

static void Register(WorkerRegistry registry) => registry
    .Select<int, int>(Work.Square)
    .Select<string, string>(Work.Louder)
    .Select<Person, Person>(Work.Older)
    .Select<Counter, int, int>(Counter.Create, Counter.Count)
    .Select<int, int>(Work.Faults)
    .Select<Unsaid, Unsaid>(Work.Say)
    .SelectAsync<int, int>(Work.HalfAsync)
    .Transform<int, int>(Work.TripleAsync)
    .Consume<int>(Work.PrintSumAsync)
    .Carry(PersonJson.Default);

static bool Same<T>(IEnumerable<T> expected, List<T> results)
{
    if (expected.SequenceEqual(results))
    {
        return true;
    }

    Console.WriteLine($"Expected {string.Join(' ', expected.Take(5))}... and got {results.Count}: {string.Join(' ', results.Take(5))}...");
    return false;
}

static bool Refused(Action build, params string[] parts)
{
    try
    {
        build();
        Console.WriteLine($"Nobody has said '{string.Join("', '", parts)}'.");
        return false;
    }
    catch (NotSupportedException error)
    {
        Console.WriteLine(error.Message);
        return parts.All(part => error.Message.Contains(part, StringComparison.Ordinal));
    }
}
