using System.Buffers.Binary;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace DeepDigits;

/// <summary>What the drawing page is told about a network, as JSON that is safe inside a script element.</summary>
sealed class PageModel(Sequential network, Dataset test, ModelCard card)
{
    const int SamplesOfClass = 2;

    // The default encoder writes < and > as \u003C and \u003E, so that no text can end the script.
    static readonly JsonSerializerOptions options = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    readonly Architecture architecture = network.Describe();

    /// <summary>Refuses a layer that the page's script does not know.</summary>
    public static void Check(Sequential network)
    {
        foreach (var layer in network.Layers)
            if (layer is not (Dense or Conv2D or MaxPool2D or AveragePool2D or GlobalAveragePool2D or BatchNorm or Relu or Sigmoid or Tanh or Flatten or Dropout))
                throw ExportException.UnknownLayer(DrawingPage.Format, layer);
    }

    /// <summary>The model with weights of so many bits, and a network that computes with these weights.</summary>
    public (string Json, Sequential Quantized) In(int bits)
    {
        var quantized = architecture.Build(seed: 0);
        var layers = new List<Dictionary<string, object>>();
        for (var i = 0; i < network.Layers.Count; i++)
        {
            var next = i + 1 < network.Layers.Count ? network.Layers[i + 1] as BatchNorm : null;
            if (Describe(network.Layers[i], quantized.Layers[i], bits, next) is { } layer)
                layers.Add(layer);
            if (next is not null && network.Layers[i] is Dense or Conv2D)
                LeaveAsItIs(quantized.Layers[++i]);
        }
        var json = JsonSerializer.Serialize(new
        {
            card.Title,
            Classes = card.ClassesFor(network.OutputShape[0]),
            card.Seed,
            card.Training,
            Producer = ModelCard.Producer,
            Parameters = network.ParameterCount,
            Shape = string.Join(", ", network.Layers.Select(InWords)),
            TestImages = test.Count,
            Bits = bits,
            Layers = layers,
            Samples = Samples(),
        }, options);
        return (json, quantized);
    }

    static string InWords(Layer layer) => layer switch
    {
        Dense dense => $"dense {dense.Units}",
        Conv2D convolution => $"conv2d {convolution.Filters} of {convolution.KernelHeight}x{convolution.KernelWidth}",
        _ => layer.Name.Split('_')[0],
    };

    /// <summary>A layer for network.js; null for one that does nothing there: an image is a row of numbers anyway, and nothing is dropped.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="quantized">The same layer of the network that is to compute with the page's weights.</param>
    /// <param name="bits">The bits of a weight.</param>
    /// <param name="next">The batch normalization that follows, if one does. A layer with weights takes it into them.</param>
    static Dictionary<string, object>? Describe(Layer layer, Layer quantized, int bits, BatchNorm? next) => layer switch
    {
        Dense => Entry("dense", layer, [.. Weights(layer, quantized, bits, next)]),
        Conv2D convolution => Entry("conv2d", layer,
            [.. Window(layer, convolution.KernelHeight, convolution.KernelWidth, convolution.Stride, convolution.Padding), .. Weights(layer, quantized, bits, next)]),
        MaxPool2D pool => Entry("maxpool2d", layer, Window(layer, pool.Size, pool.Size, pool.Stride, pool.Padding)),
        AveragePool2D pool => Entry("averagepool2d", layer, Window(layer, pool.Size, pool.Size, pool.Stride, pool.Padding)),
        GlobalAveragePool2D => Entry("averagepool2d", layer,
            [("kernel", new[] { layer.InputShape[0], layer.InputShape[1] }), ("stride", 1), ("before", new[] { 0, 0 }), ("output", new[] { 1, 1, layer.OutputShape[0] })]),
        BatchNorm norm => Entry("batchnorm", layer, Normalization(norm, quantized)),
        Relu => Entry("relu", layer, []),
        Sigmoid => Entry("sigmoid", layer, []),
        Tanh => Entry("tanh", layer, []),
        Flatten or Dropout => null,
        _ => throw ExportException.UnknownLayer(DrawingPage.Format, layer),
    };

    static Dictionary<string, object> Entry(string kind, Layer layer, (string Name, object Value)[] settings)
    {
        var entry = new Dictionary<string, object> { ["kind"] = kind, ["input"] = layer.InputShape.ToArray(), ["output"] = layer.OutputShape.ToArray() };
        foreach (var (name, value) in settings)
            entry[name] = value;
        return entry;
    }

    static (string, object)[] Window(Layer layer, int height, int width, int stride, Padding padding) =>
    [
        ("kernel", new[] { height, width }), ("stride", stride),
        ("before", new[]
        {
            SlidingWindow.Over(layer.Name, "height", layer.InputShape[0], height, stride, padding).Before,
            SlidingWindow.Over(layer.Name, "width", layer.InputShape[1], width, stride, padding).Before,
        }),
    ];

    /// <summary>
    /// Weights and biases. A normalization that follows, y = scale (w x + b) + shift, is itself a layer with weights: scale w, and the bias scale b + shift. So the page has less to store and
    /// to compute. As every unit or filter has a step of its own, its weights lose as little as before.
    /// </summary>
    static (string, object)[] Weights(Layer layer, Layer quantized, int bits, BatchNorm? next)
    {
        CheckFinite(layer);
        var (weight, bias) = (layer.Parameters[0].Value.Clone(), layer.Parameters[1].Value.Clone());
        if (next is not null)
        {
            CheckFinite(next);
            var (factors, shifts) = Line(next);
            for (var i = 0; i < weight.Length; i++)
                weight.Values[i] = (float)(factors[i % factors.Length] * weight.Values[i]);
            for (var i = 0; i < bias.Length; i++)
                bias.Values[i] = (float)(factors[i] * bias.Values[i] + shifts[i]);
        }
        var (numbers, scales) = PageWeights.Quantize(weight, bits);
        PageWeights.Dequantize(numbers, scales, quantized.Parameters[0].Value);
        quantized.Parameters[1].Value.CopyFrom(bias);
        return [("weight", Convert.ToBase64String(PageWeights.Pack(numbers, bits))), ("scales", Base64(scales)), ("bias", Base64(bias.Values))];
    }

    static (string, object)[] Normalization(BatchNorm norm, Layer quantized)
    {
        CheckFinite(norm);
        for (var i = 0; i < 2; i++)
        {
            quantized.Parameters[i].Value.CopyFrom(norm.Parameters[i].Value);
            quantized.Statistics[i].Value.CopyFrom(norm.Statistics[i].Value);
        }
        var (factors, shifts) = Line(norm);
        return [("scales", Base64(Array.ConvertAll(factors, factor => (float)factor))), ("shifts", Base64(Array.ConvertAll(shifts, shift => (float)shift)))];
    }

    /// <summary>In use, a normalization is a line for each channel, y = factor x + shift, with factor = gamma / sqrt(variance + epsilon) and shift = beta - factor mean.</summary>
    static (double[] Factors, double[] Shifts) Line(BatchNorm norm)
    {
        var (gamma, beta, mean, variance) = (norm.Parameters[0].Value, norm.Parameters[1].Value, norm.Statistics[0].Value, norm.Statistics[1].Value);
        var (factors, shifts) = (new double[gamma.Length], new double[gamma.Length]);
        for (var c = 0; c < factors.Length; c++)
        {
            factors[c] = gamma.Values[c] / Math.Sqrt(variance.Values[c] + norm.Epsilon);
            shifts[c] = beta.Values[c] - factors[c] * mean.Values[c];
        }
        return (factors, shifts);
    }

    /// <summary>Makes of a normalization one that changes nothing: gamma is the root that it divides by.</summary>
    static void LeaveAsItIs(Layer norm)
    {
        norm.Parameters[0].Value.Values.Fill((float)Math.Sqrt(1 + ((BatchNorm)norm).Epsilon));
        norm.Parameters[1].Value.Values.Clear();
        norm.Statistics[0].Value.Values.Clear();
        norm.Statistics[1].Value.Values.Fill(1);
    }

    static void CheckFinite(Layer layer)
    {
        foreach (var parameter in layer.Parameters.Select(parameter => (parameter.Name, parameter.Value)).Concat(layer.Statistics))
            foreach (var value in parameter.Value.Values)
                if (!float.IsFinite(value))
                    throw new ExportException(DrawingPage.Format, $"tensor {parameter.Name}", "it holds a number that is not finite.", "The training has failed; train again, with a smaller learning rate.");
    }

    static string Base64(ReadOnlySpan<float> values)
    {
        var bytes = new byte[values.Length * sizeof(float)];
        for (var i = 0; i < values.Length; i++)
            BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(i * sizeof(float)), values[i]);
        return Convert.ToBase64String(bytes);
    }

    /// <summary>The first test images of each class, the classes in turn.</summary>
    object[] Samples()
    {
        var chosen = new List<(int Place, byte Label, int Example)>();
        var seen = new int[test.ClassCount];
        for (var i = 0; i < test.Count; i++)
        {
            var label = test.Labels[i];
            if (seen[label] < SamplesOfClass)
                chosen.Add((seen[label]++, label, i));
        }
        return
        [
            .. chosen.Order().Select(sample => new
            {
                Label = test.ClassNames[sample.Label],
                Pixels = Convert.ToBase64String(Array.ConvertAll(test.Image(sample.Example).ToArray(), level => (byte)Math.Clamp(MathF.Round(level * 255), 0, 255))),
            }),
        ];
    }
}
