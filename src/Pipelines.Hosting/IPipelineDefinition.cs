namespace Pipelines.Hosting;

/// <summary>A pipeline that a class of its own defines. Its constructor may ask for services that live as long as the host.</summary>
public interface IPipelineDefinition
{
    /// <summary>Builds the pipeline; called once a run, on an object made for that run.</summary>
    /// <returns>The closed pipeline. Nothing of it runs yet.</returns>
    Pipeline Build();
}

/// <summary>The same for a pipeline that is fed from outside.</summary>
/// <typeparam name="T">What the pipeline is fed with.</typeparam>
public interface IPipelineDefinition<T>
{
    /// <summary>Builds the pipeline behind its input; called once a run, on an object made for that run.</summary>
    /// <param name="input">What the inbox delivers.</param>
    /// <returns>The closed pipeline. Nothing of it runs yet.</returns>
    Pipeline Build(Pipeline<T> input);
}
