using BenchmarkDotNet.Attributes;
using Benchmarks.Quick;

namespace Benchmarks.Thorough;

/// <summary>A question of the quick mode as BenchmarkDotNet asks it: our way and the peers' side by side, each run checked.</summary>
[MemoryDiagnoser]
public abstract class QuestionBenchmark
{
    private readonly Question _question;

    internal QuestionBenchmark(Question question) => _question = question;

    /// <summary>Ours first.</summary>
    public IEnumerable<string> Contenders => _question.Contenders.Select(contender => contender.Name);

    [ParamsSource(nameof(Contenders))]
    public string Contender { get; set; } = "";

    protected async Task AskAsync(int items)
    {
        long answer = await _question.Contenders.Single(contender => contender.Name == Contender).RunAsync(items);
        if (answer != _question.Expected(items))
        {
            throw new InvalidOperationException($"{_question.Title}, {Contender}: {answer}, not {_question.Expected(items)}.");
        }
    }
}
