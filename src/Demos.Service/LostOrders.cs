using System.Globalization;
using Microsoft.Extensions.Options;
using Pipelines.Hosting;

namespace Demos.Service;

/// <summary>Notes the orders that were accepted and will not be saved. A real service would save them where somebody looks.</summary>
internal sealed class LostOrders(IOptions<DemoOptions> options)
{
    public void Note(LostItem lost)
    {
        if (options.Value.Lost.Length > 0)
        {
            File.AppendAllLines(options.Value.Lost, OrdersIn(lost.Item).Select(order => order.Id.ToString(CultureInfo.InvariantCulture)));
        }
    }

    private static IEnumerable<Order> OrdersIn(object? item) => item switch
    {
        Order order => [order],
        Priced priced => [priced.Order],
        Priced[] batch => batch.Select(priced => priced.Order),
        _ => [],
    };
}
