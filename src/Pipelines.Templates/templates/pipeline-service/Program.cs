using Pipelines;
using Pipelines.Hosting;
using PipelineService;

WebApplicationBuilder builder = WebApplication.CreateBuilder(args);
builder.Services.AddScoped<OrderService>().AddScoped<OrderStore>();

builder.Services.AddPipeline<Order>("orders", (services, input) => input
        .SelectAsync((OrderService service, Order order, CancellationToken token) => service.PriceAsync(order, token), new() { Parallelism = 8 })
        .Batch(100, maxAge: TimeSpan.FromSeconds(1))
        .ForEachAsync<OrderStore, Priced[]>((store, batch, token) => store.SaveAsync(batch, token)))
    .WithInbox(capacity: 1000)                                              // PipelineInbox<Order> is injected below
    .DrainOnStop(TimeSpan.FromSeconds(20))                                  // on SIGTERM: nothing accepted is lost
    .RestartOnFailure()
    .Configure(builder.Configuration.GetSection("Pipelines:orders"))
    .WithHealthCheck();

WebApplication app = builder.Build();
app.MapPost("/orders", (Order order, PipelineInbox<Order> inbox) =>
    inbox.TryAdd(order) ? Results.Accepted() : Results.StatusCode(StatusCodes.Status429TooManyRequests));
app.MapHealthChecks("/health");
app.Run();
