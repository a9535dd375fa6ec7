using System.Diagnostics;
using System.Globalization;
using Pipelines;
using Pipelines.Processes;

int count = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 1_000_000;
int workers = args.Length > 2 ? int.Parse(args[2], CultureInfo.InvariantCulture) : 2;
BlockOptions options = new() { Parallelism = workers, Workers = new ProcessWorkers() };
switch (args[0])
{
    case "ints":
        for (int round = 0; round < 3; round++)
        {
            long sum = 0;
            var watch = Stopwatch.StartNew();
            PipelineReport report = await Pipeline.Range(0, count).Select(static number => number + 1, options).ForEach(number => sum += number).RunAsync();
            Console.WriteLine($"{watch.Elapsed.TotalNanoseconds / count:0.0} ns an item, {watch.Elapsed.TotalMilliseconds:0} ms, sum {sum}");
            if (round == 2)
            {
                Console.WriteLine(report);
            }
        }

        break;
    case "records":
        for (int round = 0; round < 3; round++)
        {
            long sum = 0;
            var watch = Stopwatch.StartNew();
            await Pipeline.Range(0, count).Select(static number => Person.Of(number)).Select(static person => person with { Age = person.Age + 1 }, options)
                .ForEach(person => sum += person.Age).RunAsync();
            Console.WriteLine($"{watch.Elapsed.TotalNanoseconds / count:0.0} ns an item, {watch.Elapsed.TotalMilliseconds:0} ms, sum {sum}");
        }

        break;
}

internal sealed record Person(string Name, string Street, int Age, Guid Id, DateTime Born)
{
    public static Person Of(int number) => new("Jane Doe of Somewhere", "12 Long Road", number % 90, Guid.Empty, DateTime.UnixEpoch);
}
