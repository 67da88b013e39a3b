using System.Buffers.Binary;

namespace DeepDigits;

/// <summary>The messages of an ONNX file. The numbers of the fields are those of onnx.proto.</summary>
sealed class OnnxModel
{
    const int IrVersion = 8, OperatorSet = 17;
    const int Float = 1; // TensorProto.DataType
    const string Format = "ONNX", Input = "images", Logits = "logits", Probabilities = "probabilities";

    readonly List<ProtobufMessage> nodes = [], initializers = [];

    /// <summary>The value that the next operator takes.</summary>
    string current = Input;

    /// <summary>Whether the channels of the current value stand before its pixels.</summary>
    bool hasChannelsFirst;

    OnnxModel()
    {
    }

    /// <summary>ModelProto.</summary>
    public static ProtobufMessage Of(Sequential network, ModelCard card)
    {
        network.Describe(); // refuses a network that is not built
        var graph = new OnnxModel().Graph(network, card.Title);
        return new ProtobufMessage()
            .Add(1, IrVersion)
            .Add(2, "DeepDigits")
            .Add(3, ModelCard.Version)
            .Add(8, new ProtobufMessage().Add(1, "").Add(2, OperatorSet))
            .Add(7, graph)
            .Add(14, card.Texts(network).Select(text => new ProtobufMessage().Add(1, text.Key).Add(2, text.Value)));
    }

    /// <summary>GraphProto.</summary>
    ProtobufMessage Graph(Sequential network, string title)
    {
        foreach (var layer in network.Layers)
            Add(layer);
        WithChannels(first: false, Logits);
        nodes.Add(Node("Identity", Logits, [current], Logits));
        List<ProtobufMessage> outputs = [Value(Logits, network.OutputShape)];
        if (network.OutputShape.Length == 1)
        {
            nodes.Add(network.OutputShape[0] == 1 ? Node("Sigmoid", Probabilities, [Logits], Probabilities)
                : Node("Softmax", Probabilities, [Logits], Probabilities, Integer("axis", -1)));
            outputs.Add(Value(Probabilities, network.OutputShape));
        }
        return new ProtobufMessage()
            .Add(1, nodes)
            .Add(2, title)
            .Add(5, initializers)
            .Add(11, Value(Input, network.InputShape))
            .Add(12, outputs);
    }

    void Add(Layer layer)
    {
        var name = layer.Name;
        switch (layer)
        {
            case Dense dense:
                Operator("Gemm", name, [Constant(dense.Parameters[0]), Constant(dense.Parameters[1])]);
                break;
            case Conv2D convolution:
                WithChannels(first: true, name);
                var (weight, bias) = (convolution.Parameters[0], convolution.Parameters[1]);
                Operator("Conv", name, [Constant(weight.Name, AxisOrder.FiltersFirst(weight.Value)), Constant(bias)],
                    Window(layer, convolution.KernelHeight, convolution.KernelWidth, convolution.Stride, convolution.Padding));
                break;
            case MaxPool2D pool:
                WithChannels(first: true, name);
                Operator("MaxPool", name, [], Window(layer, pool.Size, pool.Size, pool.Stride, pool.Padding));
                break;
            case AveragePool2D pool:
                WithChannels(first: true, name);
                // As here, zeros of the padding do not count.
                Operator("AveragePool", name, [], [.. Window(layer, pool.Size, pool.Size, pool.Stride, pool.Padding), Integer("count_include_pad", 0)]);
                break;
            case BatchNorm norm:
                // The channels have to stand behind the batch; where there is only one dimension, they do.
                if (layer.InputShape.Length is not (1 or 3))
                    throw ExportException.OddNormalization(Format, layer);
                WithChannels(first: layer.InputShape.Length == 3, name);
                Operator("BatchNormalization", name,
                    [Constant(norm.Parameters[0]), Constant(norm.Parameters[1]), .. norm.Statistics.Select(statistic => Constant($"{name}.{statistic.Name}", statistic.Value))],
                    Number("epsilon", (float)norm.Epsilon));
                break;
            case GlobalAveragePool2D:
                WithChannels(first: true, name);
                Operator("GlobalAveragePool", $"{name}.mean", []);
                Operator("Flatten", name, [], Integer("axis", 1));
                hasChannelsFirst = false;
                break;
            case Flatten:
                WithChannels(first: false, name);
                Operator("Flatten", name, [], Integer("axis", 1));
                break;
            case Dropout dropout:
                Operator("Dropout", name, [Constant($"{name}.probability", Tensor.From([dropout.Probability], []))]);
                break;
            case Relu:
                Operator("Relu", name, []);
                break;
            case Sigmoid:
                Operator("Sigmoid", name, []);
                break;
            case Tanh:
                Operator("Tanh", name, []);
                break;
            default:
                throw ExportException.UnknownLayer(Format, layer);
        }
    }

    /// <summary>Puts the channels of images before or behind their pixels. Other values have no channels and stay.</summary>
    void WithChannels(bool first, string before)
    {
        if (hasChannelsFirst == first)
            return;
        hasChannelsFirst = first;
        Operator("Transpose", $"{before}.{(first ? "nchw" : "nhwc")}", [], Integers("perm", first ? [0, 3, 1, 2] : [0, 2, 3, 1]));
    }

    /// <summary>Adds an operator whose first input is the current value and whose output is the next one.</summary>
    void Operator(string type, string name, string[] constants, params ReadOnlySpan<ProtobufMessage> attributes)
    {
        nodes.Add(Node(type, name, [current, .. constants], name, attributes));
        current = name;
    }

    /// <summary>NodeProto.</summary>
    static ProtobufMessage Node(string type, string name, string[] inputs, string output, params ReadOnlySpan<ProtobufMessage> attributes) =>
        new ProtobufMessage().Add(1, inputs).Add(2, output).Add(3, name).Add(4, type).Add(5, attributes.ToArray());

    static ProtobufMessage[] Window(Layer layer, int height, int width, int stride, Padding padding)
    {
        var vertical = SlidingWindow.Over(layer.Name, "height", layer.InputShape[0], height, stride, padding);
        var horizontal = SlidingWindow.Over(layer.Name, "width", layer.InputShape[1], width, stride, padding);
        return
        [
            Integers("kernel_shape", [height, width]), Integers("strides", [stride, stride]),
            Integers("pads", [vertical.Before, horizontal.Before, vertical.After, horizontal.After]),
        ];
    }

    /// <summary>AttributeProto of type INT.</summary>
    static ProtobufMessage Integer(string name, long value) => new ProtobufMessage().Add(1, name).Add(3, value).Add(20, 2);

    /// <summary>AttributeProto of type FLOAT.</summary>
    static ProtobufMessage Number(string name, float value) => new ProtobufMessage().Add(1, name).Add(2, value).Add(20, 1);

    /// <summary>AttributeProto of type INTS.</summary>
    static ProtobufMessage Integers(string name, long[] values) => new ProtobufMessage().Add(1, name).Add(8, values).Add(20, 7);

    string Constant(Parameter parameter) => Constant(parameter.Name, parameter.Value);

    /// <summary>TensorProto, its elements as raw little-endian bytes.</summary>
    string Constant(string name, Tensor tensor)
    {
        var bytes = new byte[tensor.Length * sizeof(float)];
        for (var i = 0; i < tensor.Length; i++)
            BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(i * sizeof(float)), tensor.Values[i]);
        initializers.Add(new ProtobufMessage().Add(1, Sizes(tensor.Shape)).Add(2, Float).Add(8, name).Add(9, bytes));
        return name;
    }

    /// <summary>ValueInfoProto of floats [batch, shape ...], where the batch may have any size.</summary>
    static ProtobufMessage Value(string name, ReadOnlySpan<int> shape)
    {
        var dimensions = new ProtobufMessage().Add(1, new ProtobufMessage().Add(2, "batch"))
            .Add(1, Sizes(shape).Select(size => new ProtobufMessage().Add(1, size)));
        return new ProtobufMessage().Add(1, name).Add(2, new ProtobufMessage().Add(1, new ProtobufMessage().Add(1, Float).Add(2, dimensions)));
    }

    static long[] Sizes(ReadOnlySpan<int> shape) => Array.ConvertAll(shape.ToArray(), size => (long)size);
}
