using Benchmarks.Quick;

return args is ["quick", .. string[] options] ? await QuickCommand.RunAsync(options) : QuickCommand.ShowUsage();
