using Benchmarks.Migration;
using Benchmarks.Quick;

return args switch
{
    ["quick", .. string[] options] => await QuickCommand.RunAsync(options),
    ["migration"] => await MigrationCommand.RunAsync(),
    _ => QuickCommand.ShowUsage(),
};
