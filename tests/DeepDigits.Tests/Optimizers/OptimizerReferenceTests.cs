namespace DeepDigits.Tests;

/// <summary>Every optimizer takes PyTorch's steps.</summary>
public sealed class OptimizerReferenceTests
{
    /// <summary>After 20 steps of 32-bit arithmetic.</summary>
    const double Tolerance = 1e-6;

    /// <summary>The recipes of make-references.py.</summary>
    internal static readonly Dictionary<string, Optimizer> Recipes = new()
    {
        ["gradient-descent"] = new GradientDescent(0.125f),
        ["momentum"] = new Momentum(0.03125f, 0.875f),
        ["adam"] = new Adam(1f / 1024),
        ["adamw"] = new AdamW(1f / 64, decay: 0.25),
        ["adam-other"] = new Adam(0.125f, beta1: 0.75, beta2: 0.9375, epsilon: 1.0 / 64),
    };

    [Theory]
    [InlineData("gradient-descent")]
    [InlineData("momentum")]
    [InlineData("adam")]
    [InlineData("adamw")]
    [InlineData("adam-other")]
    public void Twenty_steps(string name)
    {
        var expected = PyTorchReference.Tensor($"optimizer/{name}");
        var gradients = PyTorchReference.Tensor("optimizer/gradients");
        var parameter = new Parameter("weight", PyTorchReference.Tensor("optimizer/start"));
        var optimizer = new OptimizerState(Recipes[name], [parameter]);
        for (var step = 0; step < 20; step++)
        {
            gradients.Row(step).CopyTo(parameter.Gradient.Values);
            optimizer.Step();
            Assert.Equal(step + 1, optimizer.Steps);
            for (var i = 0; i < expected.RowLength; i++)
            {
                if (!(Math.Abs(expected[step, i] - parameter.Value.Values[i]) <= Tolerance * (1 + Math.Abs(expected[step, i]))))
                    Assert.Fail($"{name}, step {step + 1}, element {i}: expected {expected[step, i]:G9}, found {parameter.Value.Values[i]:G9}.");
            }
        }
    }

    [Fact]
    public void A_number_without_a_gradient_stays()
    {
        foreach (var optimizer in Recipes.Values.Where(optimizer => optimizer is not AdamW))
        {
            var parameter = new Parameter("weight", Tensor.From([0.5f, -1.5f], 2));
            var state = new OptimizerState(optimizer, [parameter]);
            for (var step = 0; step < 5; step++)
                state.Step();
            Assert.Equal([0.5f, -1.5f], parameter.Value.Values.ToArray());
        }
    }

    [Fact]
    public void AdamW_shrinks_weights_but_no_biases()
    {
        var (weight, bias) = (new Parameter("dense_1.weight", Tensor.From([2], 1)), new Parameter("dense_1.bias", Tensor.From([2], 1)));
        new OptimizerState(new AdamW(0.5f, decay: 0.25), [weight, bias]).Step();
        Assert.Equal(2 * (1 - 0.125f), weight.Value[0]);
        Assert.Equal(2, bias.Value[0]);
        Assert.Throws<ArgumentOutOfRangeException>(() => new AdamW(0.5f, decay: -1));
    }

    [Fact]
    public void The_first_step_of_adam_is_the_learning_rate_whatever_the_gradient()
    {
        var parameter = new Parameter("weight", new Tensor(4));
        float[] gradient = [1e-3f, 7, -7, -1e10f];
        gradient.CopyTo(parameter.Gradient.Values);
        new OptimizerState(new Adam(0.01f), [parameter]).Step();
        float[] expected = [-0.01f, -0.01f, 0.01f, 0.01f];
        for (var i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i], parameter.Value.Values[i], 1e-6f);
    }
}
