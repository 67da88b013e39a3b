namespace DeepDigits;

/// <summary>An optimizer at work on the parameters of one network: the recipe, the number of steps done, and what it remembers.</summary>
public sealed class OptimizerState
{
    const int RangeLength = 1 << 14;

    readonly Optimizer optimizer;
    readonly IReadOnlyList<Parameter> parameters;
    readonly Tensor?[] memory0, memory1;

    /// <summary>A fresh start: zero steps, nothing remembered.</summary>
    public OptimizerState(Optimizer optimizer, IReadOnlyList<Parameter> parameters)
    {
        (this.optimizer, this.parameters) = (optimizer, parameters);
        (memory0, memory1) = (new Tensor?[parameters.Count], new Tensor?[parameters.Count]);
        for (var i = 0; i < parameters.Count; i++)
        {
            memory0[i] = optimizer.MemoryCount > 0 ? new Tensor(parameters[i].Value.Shape) : null;
            memory1[i] = optimizer.MemoryCount > 1 ? new Tensor(parameters[i].Value.Shape) : null;
        }
    }

    /// <summary>The number of steps done.</summary>
    public int Steps { get; internal set; }

    /// <summary>Changes all parameters by one step, from the gradients that they hold, at the recipe's learning rate.</summary>
    public void Step() => Step(optimizer.LearningRate);

    /// <summary>Changes all parameters by one step, from the gradients that they hold.</summary>
    /// <param name="learningRate">The learning rate of this step, where a schedule changes it.</param>
    public void Step(float learningRate)
    {
        Steps++;
        for (var i = 0; i < parameters.Count; i++)
        {
            var step = new OptimizerStep(learningRate, Steps, parameters[i].IsWeight);
            Workers.ForRanges(parameters[i].Value.Length, RangeLength, (optimizer, parameter: parameters[i], first: memory0[i], second: memory1[i], step), static (it, start, end) =>
                it.optimizer.Update(it.parameter.Value.Values[start..end], it.parameter.Gradient.Values[start..end],
                    it.first is null ? [] : it.first.Values[start..end], it.second is null ? [] : it.second.Values[start..end], it.step));
        }
    }

    /// <summary>What is remembered, under names that checkpoints use.</summary>
    internal IEnumerable<(string Name, Tensor Tensor)> Memory()
    {
        for (var i = 0; i < parameters.Count; i++)
        {
            if (memory0[i] is { } first)
                yield return ($"{parameters[i].Name}/memory0", first);
            if (memory1[i] is { } second)
                yield return ($"{parameters[i].Name}/memory1", second);
        }
    }
}
