using System.Globalization;
using Microsoft.Extensions.Options;

namespace Demos.Service;

/// <summary>A file to which lines are appended. What was written survives the process.</summary>
internal sealed class Journal(IOptions<DemoOptions> options) : IDisposable
{
    private readonly FileStream? _file = options.Value.Store.Length == 0 ? null
        : new FileStream(options.Value.Store, FileMode.Append, FileAccess.Write, FileShare.Read);

    public async Task WriteAsync(IEnumerable<long> ids)
    {
        if (_file is not null)
        {
            // One write, so that a batch is there or is not, unless the process is killed in it.
            string lines = string.Concat(ids.Select(id => id.ToString(CultureInfo.InvariantCulture) + "\n"));
            await _file.WriteAsync(System.Text.Encoding.UTF8.GetBytes(lines));
            await _file.FlushAsync();
        }
    }

    public void Dispose() => _file?.Dispose();
}
