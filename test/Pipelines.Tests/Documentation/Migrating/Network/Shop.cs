using System.Globalization;

namespace Pipelines.Tests.Documentation.Migrating.Network;

/// <summary>What the blocks of the example do, and what has arrived. Consumers are called one at a time.</summary>
/// <param name="pages">How many pages of orders there are.</param>
/// <param name="failure">Thrown for one order in the middle; null for none.</param>
internal sealed class Shop(int pages, Exception? failure = null)
{
    public const int OrdersPerPage = 20;

    private static readonly string[] s_customers = [.. Enumerable.Range(0, 97).Select(i => $"customer {i}")];

    private int _fetched;
    private int _parsed;

    public IEnumerable<int> Pages => Enumerable.Range(0, pages);

    /// <summary>How many pages were fetched.</summary>
    public int Fetched => _fetched;

    /// <summary>How many pages were parsed.</summary>
    public int Parsed => _parsed;

    public List<Order[]> Saved { get; } = [];

    public List<Order> Audited { get; } = [];

    public List<Order> Rejected { get; } = [];

    /// <summary>What is to arrive when nothing fails, the invalid orders too.</summary>
    public IEnumerable<Order> Expected => Enumerable.Range(0, pages * OrdersPerPage)
        .Select(number => new Order(number, Amount(number), Amount(number) < 0 ? null : Customer(number)));

    public async Task<string> FetchAsync(int page)
    {
        await Task.Yield();
        Interlocked.Increment(ref _fetched);
        return string.Join('\n', Enumerable.Range(page * OrdersPerPage, OrdersPerPage).Select(number => $"{number};{Amount(number)}"));
    }

    public IEnumerable<Order> Parse(string page)
    {
        _parsed++;
        return page.Split('\n').Select(ParseLine);
    }

    public async Task<Order> EnrichAsync(Order order)
    {
        await Task.Yield();
        return failure is not null && order.Number == pages * OrdersPerPage / 2 ? throw failure : order with { Customer = Customer(order.Number) };
    }

    public async Task SaveAsync(Order[] batch)
    {
        await Task.Yield();
        Saved.Add(batch);
    }

    public void Audit(Order order) => Audited.Add(order);

    public void Reject(Order order) => Rejected.Add(order);

    private static Order ParseLine(string line)
    {
        int separator = line.IndexOf(';', StringComparison.Ordinal);
        return new Order(
            int.Parse(line.AsSpan(0, separator), CultureInfo.InvariantCulture), int.Parse(line.AsSpan(separator + 1), CultureInfo.InvariantCulture), null);
    }

    private static int Amount(int number) => number % 7 == 3 ? -1 : 100 + number;

    private static string Customer(int number) => s_customers[number % s_customers.Length];
}
