using AotApp;

return await Families.RunAsync();
