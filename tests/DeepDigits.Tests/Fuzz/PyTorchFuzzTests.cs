using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using DeepDigits.Tests.Export;
using Xunit.Abstractions;

namespace DeepDigits.Tests.Fuzz;

/// <summary>Weights from PyTorch that are damaged, or belong to another network, are refused by name, and the network stays as it was, to the last bit.</summary>
public sealed class PyTorchFuzzTests(ITestOutputHelper output) : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("windows")]
    [InlineData("flat")]
    public void Damaged_files(string name)
    {
        var network = ExampleNetworks.Build(name);
        network.SavePyTorch(folder["weights.safetensors"]);
        Fuzz(network, File.ReadAllBytes(folder["weights.safetensors"]), file => file);
    }

    /// <summary>Mutations of the header's text, behind a length that is right: so they reach the names and shapes.</summary>
    [Fact]
    public void Damaged_headers()
    {
        var network = ExampleNetworks.Build("flat");
        network.SavePyTorch(folder["weights.safetensors"]);
        var whole = File.ReadAllBytes(folder["weights.safetensors"]);
        var length = (int)BinaryPrimitives.ReadInt64LittleEndian(whole);
        Fuzz(network, whole[8..(8 + length)], header =>
        {
            byte[] file = [.. new byte[8], .. header, .. whole.AsSpan(8 + length)];
            BinaryPrimitives.WriteInt64LittleEndian(file, header.Length);
            return file;
        });
    }

    /// <summary>A tensor as a file has it.</summary>
    sealed record Entry(string Name, string Type, long[] Shape, byte[] Data);

    /// <summary>Every tensor of a network, spoilt in every way that is no damage of the file itself.</summary>
    [Fact]
    public void Every_tensor_spoilt_in_every_way()
    {
        var network = ExampleNetworks.Build("windows");
        network.SavePyTorch(folder["weights.safetensors"]);
        var tensors = SafeTensors.Read(folder["weights.safetensors"]).Tensors
            .Select(tensor => new Entry(tensor.Name, "F32", [.. tensor.Tensor.Shape.ToArray().Select(size => (long)size)], Floats(tensor.Tensor.Values))).ToArray();
        (string Way, Func<Entry, Entry[]> Spoil)[] ways =
        [
            ("missing", _ => []),
            ("misspelt", tensor => [tensor with { Name = tensor.Name.ToUpperInvariant() }]),
            ("without its module", tensor => [tensor with { Name = tensor.Name.Split('.')[1] }]),
            ("with one more beside it", tensor => [tensor, tensor with { Name = $"{tensor.Name}_2" }]),
            ("twice", tensor => [tensor, tensor]),
            ("one too many", tensor => [Resized(tensor, [tensor.Shape[0] + 1, .. tensor.Shape[1..]])]),
            ("one too few", tensor => [Resized(tensor, [tensor.Shape[0] - 1, .. tensor.Shape[1..]])]),
            ("empty", tensor => [Resized(tensor, [0, .. tensor.Shape[1..]])]),
            ("with one more axis", tensor => [tensor with { Shape = [1, .. tensor.Shape] }]),
            ("without axes", tensor => [Resized(tensor, [])]),
            ("of a shape that is another size", tensor => [tensor with { Shape = [tensor.Shape[0] + 1, .. tensor.Shape[1..]] }]),
            ("of a shape too large for any memory", tensor => [tensor with { Shape = [int.MaxValue, int.MaxValue] }]),
            ("not a number", tensor => [With(tensor, float.NaN)]),
            ("infinite", tensor => [With(tensor, float.NegativeInfinity)]),
            ("too large for a float", tensor => [AsDoubles(tensor, 1e300)]),
            ("of bytes", tensor => [tensor with { Type = "U8", Data = tensor.Data[..(tensor.Data.Length / 4)] }]),
            ("of truth values", tensor => [tensor with { Type = "BOOL", Data = tensor.Data[..(tensor.Data.Length / 4)] }]),
            ("of a type that is none", tensor => [tensor with { Type = "" }]),
            ("of doubles that are floats", tensor => [tensor with { Type = "F64" }]),
        ];
        foreach (var (way, spoil) in ways)
        {
            foreach (var tensor in tensors)
            {
                var file = Bytes([.. tensors.SelectMany(other => other == tensor ? spoil(tensor) : [other])]);
                var error = Refused(network, file);
                Assert.True(error.Message.Contains(tensor.Name, StringComparison.OrdinalIgnoreCase) || (way == "without its module" && error.Message.Contains($"'{tensor.Name.Split('.')[1]}'", StringComparison.Ordinal)),
                    $"{tensor.Name} {way}: {error.Message}");
            }
        }
        var variance = tensors.Single(tensor => tensor.Name.EndsWith("running_var", StringComparison.Ordinal));
        Assert.Contains("not negative", Refused(network, Bytes([.. tensors.Select(tensor => tensor == variance ? With(tensor, -1e-3f) : tensor)])).Message, StringComparison.Ordinal);
        // What is the same in another form is no fault: doubles, and another order.
        Load(network, Bytes([.. tensors.Reverse().Select(tensor => AsDoubles(tensor, null))]));
        Assert.Equal(tensors.Sum(tensor => tensor.Data.Length / 4), network.State.Sum(tensor => tensor.Value.Length));
    }

    [Fact]
    public void Headers_that_promise_too_much()
    {
        var network = ExampleNetworks.Build("flat");
        foreach (var length in (ulong[])[ulong.MaxValue, long.MaxValue, int.MaxValue, 1 << 27, 100])
        {
            var file = new byte[64];
            BinaryPrimitives.WriteUInt64LittleEndian(file, length);
            var before = GC.GetAllocatedBytesForCurrentThread();
            Assert.Equal("the header's length", Refused(network, file).Part);
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100_000);
        }
        // Very many tensors, and a name as long as the header may be.
        var many = Enumerable.Range(0, 20_000).Select(i => new Entry($"{i}.weight", "F32", [0], [])).ToArray();
        Refused(network, Bytes(many));
        Assert.InRange(Refused(network, Bytes([new Entry(new string('x', 1_000_000), "F32", [0], [])])).Message.Length, 1, 1000);
    }

    void Fuzz(Sequential network, byte[] valid, Func<byte[], byte[]> complete)
    {
        var fuzzer = new MutationFuzzer(valid, file =>
        {
            file = complete(file);
            var before = Bits(network);
            try
            {
                Load(network, file);
            }
            catch (ModelFormatException error)
            {
                Assert.Equal(before, Bits(network));
                Assert.Matches("^(tensor '|the header|the data|__metadata__)", error.Part);
                throw;
            }
            // What was loaded are the numbers of the file, in another order.
            var expected = SafeTensors.Read(file, "weights").Tensors.Where(tensor => !tensor.Name.EndsWith("num_batches_tracked", StringComparison.Ordinal))
                .SelectMany(tensor => tensor.Tensor.Values.ToArray()).Order();
            Assert.Equal(expected, network.State.SelectMany(tensor => tensor.Value.Values.ToArray()).Order());
            Assert.All(network.State, tensor => Assert.DoesNotContain(tensor.Value.Values.ToArray(), value => !float.IsFinite(value)));
        }, error => error is ModelFormatException);
        var report = fuzzer.Run(MutationFuzzer.DefaultCases, seed: 4);
        output.WriteLine(report.ToString());
        Assert.Equal(MutationFuzzer.DefaultCases, report.Loaded + report.Refused);
        Assert.True(report.Refused > 0 && report.Loaded > 0);
    }

    static void Load(Sequential network, byte[] file) => PyTorchWeights.Load(network, SafeTensors.Read(file, "weights"), "weights", modules: null);

    static ModelFormatException Refused(Sequential network, byte[] file)
    {
        var before = Bits(network);
        var error = Assert.Throws<ModelFormatException>(() => Load(network, file));
        Assert.Equal(before, Bits(network));
        return error;
    }

    static int[] Bits(Sequential network) => [.. network.State.SelectMany(tensor => tensor.Value.Values.ToArray()).Select(BitConverter.SingleToInt32Bits)];

    static byte[] Floats(ReadOnlySpan<float> values)
    {
        var bytes = new byte[4 * values.Length];
        for (var i = 0; i < values.Length; i++)
            BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(4 * i), values[i]);
        return bytes;
    }

    /// <summary>The last number of a tensor replaced.</summary>
    static Entry With(Entry tensor, float value) => tensor with { Data = [.. tensor.Data[..^4], .. Floats([value])] };

    static Entry Resized(Entry tensor, long[] shape)
    {
        var data = new byte[4 * shape.Aggregate(1L, (product, size) => product * size)];
        tensor.Data.AsSpan(0, Math.Min(data.Length, tensor.Data.Length)).CopyTo(data);
        return tensor with { Shape = shape, Data = data };
    }

    /// <summary>The same numbers with 64 bits, the last of them perhaps replaced.</summary>
    static Entry AsDoubles(Entry tensor, double? last)
    {
        var data = new byte[2 * tensor.Data.Length];
        for (var i = 0; i < data.Length; i += 8)
        {
            var isLast = i == data.Length - 8;
            BinaryPrimitives.WriteDoubleLittleEndian(data.AsSpan(i), isLast && last is { } value ? value : BinaryPrimitives.ReadSingleLittleEndian(tensor.Data.AsSpan(i / 2)));
        }
        return tensor with { Type = "F64", Data = data };
    }

    /// <summary>A file as its entries say, right or wrong.</summary>
    static byte[] Bytes(Entry[] tensors)
    {
        var header = new StringBuilder();
        long offset = 0;
        foreach (var tensor in tensors)
        {
            header.Append(header.Length == 0 ? '{' : ',').Append(JsonSerializer.Serialize(tensor.Name)).Append(':')
                .Append(JsonSerializer.Serialize(new { dtype = tensor.Type, shape = tensor.Shape, data_offsets = (long[])[offset, offset += tensor.Data.Length] }));
        }
        var json = Encoding.UTF8.GetBytes(header.Append('}').ToString());
        byte[] file = [.. new byte[8], .. json, .. tensors.SelectMany(tensor => tensor.Data)];
        BinaryPrimitives.WriteInt64LittleEndian(file, json.Length);
        return file;
    }
}
