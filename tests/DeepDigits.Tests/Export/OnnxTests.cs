using Google.Protobuf;

namespace DeepDigits.Tests.Export;

/// <summary>What stands in an ONNX file, read by the numbers of onnx.proto.</summary>
public sealed class OnnxTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void TheFileSaysWhatItIs()
    {
        var network = ExampleNetworks.Build("windows");
        network.SaveOnnx(folder["model.onnx"], new ModelCard { Title = "windows", Classes = ["a", "b", "c", "d", "e"], TestAccuracy = 0.5, Seed = 7, Training = "none" });
        var model = Message.Read(File.ReadAllBytes(folder["model.onnx"]));
        Assert.Equal(8, model.Number(1));
        Assert.Equal(17, model.Messages(8).Single().Number(2));
        Assert.Equal("DeepDigits", model.Text(2));
        var notes = model.Messages(14).ToDictionary(note => note.Text(1), note => note.Text(2));
        Assert.Equal("""["a","b","c","d","e"]""", notes["classes"]);
        Assert.Equal(("0.5", "7", "none"), (notes["test_accuracy"], notes["seed"], notes["training"]));
        Assert.Contains("centre of mass", notes["preprocessing"], StringComparison.Ordinal);

        var graph = model.Messages(7).Single();
        Assert.Equal("windows", graph.Text(2));
        Assert.Equal("images: batch 13 18 3", Value(graph.Messages(11).Single()));
        Assert.Equal(["logits: batch 5", "probabilities: batch 5"], graph.Messages(12).Select(Value));
        Assert.Equal(["Transpose", "Conv", "Tanh", "MaxPool", "Conv", "Sigmoid", "AveragePool", "Transpose", "Flatten", "Dropout", "BatchNormalization", "Gemm", "Relu", "Gemm", "Identity", "Softmax"],
            graph.Messages(1).Select(node => node.Text(4)));
        var weights = graph.Messages(5).ToDictionary(tensor => tensor.Text(8));
        Assert.Equal([6L, 3, 4, 3], weights["conv2d_1.weight"].Numbers(1));
        Assert.Equal(7 * 4, weights["dense_1.bias"].Bytes(9).Length);
        // 13 rows, windows of 4, stride 2: 7 positions cover 16, so 3 rows of zeros, the odd one at the end.
        var pads = graph.Messages(1).First(node => node.Text(4) == "Conv").Messages(5).Single(attribute => attribute.Text(1) == "pads");
        Assert.Equal([1L, 0, 2, 1], pads.Numbers(8));
    }

    [Fact]
    public void TheSameNetworkGivesTheSameBytes()
    {
        ExampleNetworks.Build("global").SaveOnnx(folder["first.onnx"]);
        ExampleNetworks.Build("global").SaveOnnx(folder["second.onnx"]);
        Assert.Equal(File.ReadAllBytes(folder["first.onnx"]), File.ReadAllBytes(folder["second.onnx"]));
        Assert.Equal(["first.onnx", "second.onnx"], folder.Files);
    }

    [Fact]
    public void OneOutputIsAProbabilityBySigmoid()
    {
        ExampleNetworks.Build("flat").SaveOnnx(folder["model.onnx"]);
        var graph = Message.Read(File.ReadAllBytes(folder["model.onnx"])).Messages(7).Single();
        Assert.Equal("Sigmoid", graph.Messages(1)[^1].Text(4));
        Assert.Equal("images: batch 11", Value(graph.Messages(11).Single()));
    }

    static string Value(Message value)
    {
        var dimensions = value.Messages(2).Single().Messages(1).Single().Messages(2).Single().Messages(1);
        return $"{value.Text(1)}: {string.Join(' ', dimensions.Select(dimension => dimension.Has(2) ? dimension.Text(2) : $"{dimension.Number(1)}"))}";
    }

    /// <summary>A protobuf message as its fields.</summary>
    sealed class Message
    {
        readonly List<(int Field, long Number, byte[] Bytes)> fields = [];

        public static Message Read(byte[] bytes)
        {
            var (message, input) = (new Message(), new CodedInputStream(bytes));
            while (input.ReadTag() is > 0 and var tag)
                message.fields.Add(WireFormat.GetTagWireType(tag) == WireFormat.WireType.Varint ? (WireFormat.GetTagFieldNumber(tag), input.ReadInt64(), [])
                    : (WireFormat.GetTagFieldNumber(tag), 0, input.ReadBytes().ToByteArray()));
            return message;
        }

        public bool Has(int field) => fields.Any(it => it.Field == field);

        public long Number(int field) => Numbers(field).Single();

        public long[] Numbers(int field) => [.. fields.Where(it => it.Field == field).Select(it => it.Number)];

        public byte[] Bytes(int field) => fields.Single(it => it.Field == field).Bytes;

        public string Text(int field) => System.Text.Encoding.UTF8.GetString(Bytes(field));

        public List<Message> Messages(int field) => [.. fields.Where(it => it.Field == field).Select(it => Read(it.Bytes))];
    }
}
