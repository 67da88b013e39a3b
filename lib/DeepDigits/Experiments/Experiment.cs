namespace DeepDigits;

/// <summary>A training whose accuracy is reported somewhere, or is to be beaten: everything that it takes to run it, as data.</summary>
public sealed record Experiment
{
    /// <summary>What the command line calls it, for example "mlp".</summary>
    public required string Name { get; init; }

    /// <summary>What it is, in a few words.</summary>
    public required string Title { get; init; }

    /// <summary>How it is run and judged: data, network, epochs, what is chosen by what.</summary>
    public required string Protocol { get; init; }

    /// <summary>The test accuracy that the original project published; null for our own experiments.</summary>
    public double? Reported { get; init; }

    /// <summary>How the digits become classes; null where the ten digits are the classes.</summary>
    public LabelMap? Labels { get; init; }

    /// <summary>Makes the network, not yet built, for a number of classes.</summary>
    public required Func<int, Sequential> Network { get; init; }

    /// <summary>The training; its seed is replaced by that of the run.</summary>
    public required TrainingOptions Training { get; init; }

    /// <summary>The examples as this experiment sees them.</summary>
    public Dataset Prepare(Dataset data) => Labels is null ? data : data.MapLabels(Labels);

    /// <summary>The network with the first weights of a run.</summary>
    public Sequential Build(Dataset prepared, int seed)
    {
        var network = Network(prepared.ClassCount);
        network.Build(prepared.ImageShape, seed);
        return network;
    }
}
