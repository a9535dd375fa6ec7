using AotApp;

return args is [var path, var items] ? await CountedPaths.RunAsync(path, items) : await Families.RunAsync();
