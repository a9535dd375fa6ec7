using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace Demos;

/// <summary>Runs the experiment's Python script, which lies beside this program, and reads what it measured.</summary>
internal static class PythonExperiment
{
    /// <summary>Seconds by what was sent through and how many numbers; null if there is no Python here.</summary>
    public static async Task<IReadOnlyDictionary<(string Through, int Count), double>?> RunAsync(IReadOnlyList<int> counts)
    {
        var start = new ProcessStartInfo("python3") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "experiment.py"));
        foreach (int count in counts)
        {
            start.ArgumentList.Add(count.ToString(CultureInfo.InvariantCulture));
        }

        Process python;
        try
        {
            python = Process.Start(start)!;
        }
        catch (Win32Exception)
        {
            return null;
        }

        using (python)
        {
            Task<string> errors = python.StandardError.ReadToEndAsync();
            var seconds = new Dictionary<(string, int), double>();
            while (await python.StandardOutput.ReadLineAsync() is { } line)
            {
                string[] parts = line.Split(' ');
                seconds[(parts[0], int.Parse(parts[1], CultureInfo.InvariantCulture))] = double.Parse(parts[2], CultureInfo.InvariantCulture);
            }

            await python.WaitForExitAsync();
            return python.ExitCode == 0 ? seconds : throw new InvalidOperationException($"The experiment's script failed: {await errors}");
        }
    }
}
