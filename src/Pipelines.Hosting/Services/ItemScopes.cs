using Microsoft.Extensions.DependencyInjection;

namespace Pipelines.Hosting;

/// <summary>A scope for each call.</summary>
internal sealed class ItemScopes<TService>(RunServices services)
    where TService : notnull
{
    private readonly IServiceScopeFactory _scopes = services.Scopes;

    public Func<T, CancellationToken, ValueTask<TResult>> Call<T, TResult>(Func<TService, T, CancellationToken, ValueTask<TResult>> selector) =>
        async (item, token) =>
        {
            AsyncServiceScope scope = _scopes.CreateAsyncScope();
            await using (scope)
            {
                return await selector(scope.ServiceProvider.GetRequiredService<TService>(), item, token);
            }
        };
}
