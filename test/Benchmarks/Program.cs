using Benchmarks.Migration;
using Benchmarks.Quick;
using Benchmarks.Soak;

return args switch
{
    ["quick", .. string[] options] => await QuickCommand.RunAsync(options),
    ["soak", .. string[] options] => await SoakCommand.RunAsync(options),
    ["migration"] => await MigrationCommand.RunAsync(),
    _ => QuickCommand.ShowUsage(),
};
