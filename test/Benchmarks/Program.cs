using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using Benchmarks.Fresh;
using Benchmarks.Migration;
using Benchmarks.Plots;
using Benchmarks.Processes;
using Benchmarks.Quick;
using Benchmarks.Schedule;
using Benchmarks.Soak;
using Benchmarks.Tables;

switch (args)
{
    case ["quick", .. string[] options]:
        return await QuickCommand.RunAsync(options);
    case [FreshCommand.Verb, .. string[] which]:
        return await FreshCommand.AnswerAsync(QuickCommand.FreshQuestions, which);
    case ["check"]:
        return await QuickCommand.CheckAsync();
    case ["plot", .. string[] options]:
        return await PlotCommand.RunAsync(options);
    case ["tables", .. string[] options]:
        return await TablesCommand.RunAsync(options);
    case ["soak", .. string[] options]:
        return await SoakCommand.RunAsync(options);
    case ["schedule"]:
        return await ScheduleCommand.RunAsync();
    case ["processes"]:
        return await ProcessesCommand.RunAsync();
    case ["migration"]:
        return await MigrationCommand.RunAsync();
    case []:
        return QuickCommand.ShowUsage();
    default:
        // Everything else is BenchmarkDotNet's own: --list flat, --filter '*Hop*', --job short ...
        BenchmarkSwitcher.FromAssembly(typeof(QuickCommand).Assembly).Run(args, ManualConfig.Create(DefaultConfig.Instance)
            .WithArtifactsPath(Path.Combine("artifacts", "benchmarks"))
            .WithSummaryStyle(SummaryStyle.Default.WithMaxParameterColumnWidth(80)));
        return 0;
}
