using Demos.Service;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using Pipelines;
using Pipelines.AspNetCore;
using Pipelines.Hosting;

// A minimal API whose orders go through a pipeline: POST /orders answers 202 when the inbox has accepted one, 429 when it has not.
// Settings, on the command line as --Demo:Store FILE: where orders are saved, where lost ones are noted, how long a save takes, every how many orders fail.
WebApplicationBuilder builder = WebApplication.CreateBuilder(args);
builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
builder.Services.Configure<DemoOptions>(builder.Configuration.GetSection("Demo"));
builder.Services.AddSingleton<Journal>().AddSingleton<LostOrders>().AddScoped<OrderService>().AddScoped<OrderStore>();

builder.Services.AddPipeline<Order>("orders", (services, input) => input
        .SelectAsync((OrderService service, Order order, CancellationToken token) => service.PriceAsync(order, token), new() { Parallelism = 8 })
        .Batch(100, maxAge: TimeSpan.FromMilliseconds(50))
        .ForEachAsync<OrderStore, Priced[]>((store, batch, token) => store.SaveAsync(batch, token)))
    .WithInbox(capacity: 1000)
    .DrainOnStop(TimeSpan.FromSeconds(20))
    .RestartOnFailure(new() { Initial = TimeSpan.FromMilliseconds(100) })
    .Configure(builder.Configuration.GetSection("Pipelines:orders"))
    .OnLost((services, lost) => services.GetRequiredService<LostOrders>().Note(lost))
    .WithHealthCheck();

OpenTelemetryBuilder telemetry = builder.Services.AddOpenTelemetry()
    .WithMetrics(metrics => metrics.AddMeter(PipelineDiagnostics.MeterName, PipelineHostingDiagnostics.MeterName).AddPrometheusExporter())
    .WithTracing(traces => traces.AddSource(PipelineDiagnostics.ActivitySourceName));
if (builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"] is not null)
{
    telemetry.UseOtlpExporter();
}

WebApplication app = builder.Build();
app.MapPost("/orders", (Order order, PipelineInbox<Order> inbox) =>
    inbox.TryAdd(order) ? Results.Accepted() : Results.StatusCode(StatusCodes.Status429TooManyRequests));
app.MapGet("/pipeline", ([FromKeyedServices("orders")] IPipelineHost orders) => Results.Text($"{orders.State}\n{orders.Snapshot()}"));
app.MapPost("/pipeline/restart", ([FromKeyedServices("orders")] IPipelineHost orders, CancellationToken token) => orders.RestartAsync(token));
app.MapHealthChecks("/health");
app.MapPrometheusScrapingEndpoint();
app.MapPipelines(); // for this machine only: it has no policy
await app.RunAsync();
