using System.Numerics.Tensors;

namespace DeepDigits;

/// <summary>Global average pooling: y[n, c] is the mean of x[n, i, j, c] over all pixels (i, j). It turns feature maps into one number each.</summary>
/// <remarks>Shapes: X [n, height, width, channels], Y [n, channels]. M. Lin, Q. Chen, S. Yan: Network In Network (ICLR 2014), section 3.2.</remarks>
public sealed class GlobalAveragePool2D : Layer
{
    Tensor? output, inputGradient;

    int Pixels => InputShape[0] * InputShape[1];

    /// <inheritdoc/>
    public override LayerDescription Describe() => new("globalaveragepool2d");

    /// <inheritdoc/>
    protected override int[] Prepare(int[] shape, SeededRandom random)
    {
        SlidingWindow.CheckImages(Name, shape);
        return [shape[2]];
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input, Pass pass)
    {
        CheckInput(input);
        Tensor.Reuse(ref output, input.Rows, OutputShape);
        Workers.For(input.Rows, (layer: this, input, output), static (it, image) =>
        {
            var pixels = it.input.Row(image);
            var mean = it.output.Row(image);
            mean.Clear();
            for (var i = 0; i < pixels.Length; i += mean.Length)
                TensorPrimitives.Add(mean, pixels.Slice(i, mean.Length), mean);
            TensorPrimitives.Multiply(mean, 1f / it.layer.Pixels, mean);
        });
        return output;
    }

    /// <summary>y = (x1 + ... + xm) / m, so dy/dx = 1 / m for each of the m pixels.</summary>
    /// <inheritdoc/>
    public override Tensor Backward(Tensor outputGradient)
    {
        Tensor.Reuse(ref inputGradient, outputGradient.Rows, InputShape);
        Workers.For(outputGradient.Rows, (layer: this, outputGradient, inputGradient), static (it, image) =>
        {
            var gradient = it.outputGradient.Row(image);
            var to = it.inputGradient.Row(image);
            var first = to[..gradient.Length];
            TensorPrimitives.Multiply(gradient, 1f / it.layer.Pixels, first);
            for (var i = gradient.Length; i < to.Length; i += gradient.Length)
                first.CopyTo(to[i..]);
        });
        return inputGradient;
    }
}
