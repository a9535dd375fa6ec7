using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;

namespace Pipelines.Hosting;

/// <summary>Scopes that are used again: as many as the block has items at work at once.</summary>
/// <remarks>
/// A call takes one that is free, or makes one, and alone has it until it gives it back. So each is with one call or among the free ones; those are disposed
/// when the run has ended, and then no call goes on. One whose call has failed is disposed by that call and not given back.
/// </remarks>
internal sealed class WorkerScopes<TService>(RunServices services) : IAsyncDisposable
    where TService : notnull
{
    private readonly ConcurrentStack<(AsyncServiceScope Scope, TService Service)> _free = new();

    public Func<T, CancellationToken, ValueTask<TResult>> Call<T, TResult>(Func<TService, T, CancellationToken, ValueTask<TResult>> selector) =>
        async (item, token) =>
        {
            if (!_free.TryPop(out (AsyncServiceScope Scope, TService Service) worker))
            {
                worker = await CreateAsync();
            }

            TResult result;
            try
            {
                result = await selector(worker.Service, item, token);
            }
            catch
            {
                await DisposeQuietlyAsync(worker.Scope);
                throw;
            }

            _free.Push(worker);
            return result;
        };

    public async ValueTask DisposeAsync()
    {
        List<Exception> errors = [];
        while (_free.TryPop(out (AsyncServiceScope Scope, TService Service) worker))
        {
            try
            {
                await worker.Scope.DisposeAsync();
            }
            catch (Exception error)
            {
                errors.Add(error);
            }
        }

        if (errors.Count > 0)
        {
            throw errors.Count == 1 ? errors[0] : new AggregateException(errors);
        }
    }

    private async ValueTask<(AsyncServiceScope Scope, TService Service)> CreateAsync()
    {
        AsyncServiceScope scope = services.Scopes.CreateAsyncScope();
        try
        {
            return (scope, scope.ServiceProvider.GetRequiredService<TService>());
        }
        catch
        {
            await DisposeQuietlyAsync(scope);
            throw;
        }
    }

    // What the item has thrown is what must get through.
    private static async ValueTask DisposeQuietlyAsync(AsyncServiceScope scope)
    {
        try
        {
            await scope.DisposeAsync();
        }
        catch (Exception error)
        {
            Trace.TraceError($"The scope of {typeof(TService)} could not be disposed behind an item that has failed: {error}");
        }
    }
}
