using Microsoft.Extensions.Options;

namespace Pipelines.Hosting;

/// <summary>Refuses settings that cannot be meant, all of them at once and by name, before anything runs.</summary>
internal static class SettingsCheck
{
    /// <exception cref="OptionsValidationException">One or more of the settings cannot be meant.</exception>
    public static void Check(PipelineRegistration registration, HostedPipelineOptions options, PipelineHealthOptions health, TimeSpan shutdownTimeout)
    {
        List<string> failures = [];
        string name = registration.Name;
        if (registration.InputType is { } input && registration.Inbox is null)
        {
            failures.Add($"The pipeline '{name}' is fed with {input.Name}, and nothing feeds it: add WithInbox(capacity).");
        }

        Counts(options.Capacity, nameof(options.Capacity));
        Counts(options.InboxCapacity, nameof(options.InboxCapacity));
        if (options.WarningsInTenSeconds < 0)
        {
            failures.Add($"The pipeline '{name}': {nameof(options.WarningsInTenSeconds)} is {options.WarningsInTenSeconds}, and must be 0 or more.");
        }

        if (options.DrainTimeout is { } drain)
        {
            if (drain < TimeSpan.Zero)
            {
                failures.Add($"The pipeline '{name}': {nameof(options.DrainTimeout)} is {drain}, and must be zero or more.");
            }
            else if (shutdownTimeout != Timeout.InfiniteTimeSpan && drain > shutdownTimeout)
            {
                failures.Add($"The pipeline '{name}' may drain for {drain}, and the host gives its services {shutdownTimeout} to stop: it would be cut off. " +
                    "Raise HostOptions.ShutdownTimeout, or drain for less.");
            }
        }

        foreach ((string block, HostedBlockOptions settings) in options.Blocks)
        {
            Counts(settings.Parallelism, $"{nameof(options.Blocks)}:{block}:{nameof(settings.Parallelism)}");
            string adaptive = $"{nameof(options.Blocks)}:{block}:{nameof(settings.AdaptiveParallelism)}";
            if (settings is { AdaptiveParallelism: not null, Parallelism: not null })
            {
                failures.Add($"The pipeline '{name}': {adaptive} finds the parallelism, and {nameof(settings.Parallelism)} gives it: leave one of them out.");
            }

            Counts(settings.AdaptiveParallelism?.Minimum, $"{adaptive}:{nameof(HostedAdaptiveParallelism.Minimum)}");
            if (settings.AdaptiveParallelism is { } bounds && bounds.Maximum < bounds.Minimum)
            {
                failures.Add($"The pipeline '{name}': {adaptive} has a maximum of {bounds.Maximum}, which must not be below its minimum, {bounds.Minimum}.");
            }

            Counts(settings.Capacity, $"{nameof(options.Blocks)}:{block}:{nameof(settings.Capacity)}");
            if (settings.Timeout <= TimeSpan.Zero)
            {
                string setting = $"{nameof(options.Blocks)}:{block}:{nameof(settings.Timeout)}";
                failures.Add($"The pipeline '{name}': {setting} is {settings.Timeout}, and must be above zero.");
            }
        }

        failures.AddRange(health.Refusals().Select(refusal => $"The health check of the pipeline '{name}': {refusal}"));
        if (failures.Count > 0)
        {
            throw new OptionsValidationException(name, typeof(HostedPipelineOptions), failures);
        }

        void Counts(int? value, string setting)
        {
            if (value < 1)
            {
                failures.Add($"The pipeline '{name}': {setting} is {value}, and must be 1 or more.");
            }
        }
    }

    /// <summary>How long a drain may take where nobody has said: less than the host waits, so that there is time to say what was left.</summary>
    public static TimeSpan DrainTimeout(HostedPipelineOptions options, TimeSpan shutdownTimeout) =>
        options.DrainTimeout ?? (shutdownTimeout == Timeout.InfiniteTimeSpan ? shutdownTimeout : shutdownTimeout * 0.9);
}
