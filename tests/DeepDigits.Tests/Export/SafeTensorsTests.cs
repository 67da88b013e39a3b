using System.Buffers.Binary;
using System.Text;

namespace DeepDigits.Tests;

public sealed class SafeTensorsTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void ReadsAFileThatPythonWrote()
    {
        var file = SafeTensors.Read(ReferenceFiles.PathOf("safetensors-float32.safetensors"));

        Assert.Equal(["dense.weights", "nothing", "scalar"], file.Tensors.Select(entry => entry.Name));
        Assert.Equal([2, 3], file["dense.weights"].Shape.ToArray());
        Assert.Equal([0.1f, -2.5f, 3f, float.PositiveInfinity, -0f, float.Epsilon], file["dense.weights"].Values.ToArray());
        Assert.True(float.IsNegative(file["dense.weights"].Values[4]));
        Assert.Equal([0, 4], file["nothing"].Shape.ToArray());
        Assert.Equal(0, file["scalar"].Rank);
        Assert.Equal(7f, file["scalar"].Values[0]);
        Assert.Equal("28 × 28", file.Metadata["größe"]);
        Assert.Equal("dense \"1\"\n", file.Metadata["layer"]);
    }

    [Fact]
    public void WritesTheBytesThatPythonWrote()
    {
        var stream = new MemoryStream();
        SafeTensors.Write(stream,
            [
                ("dense.weights", Tensor.From([0.1f, -2.5f, 3f, float.PositiveInfinity, -0f, float.Epsilon], 2, 3)),
                ("nothing", new Tensor(0, 4)),
                ("scalar", Tensor.From([7f])),
            ],
            new Dictionary<string, string> { ["layer"] = "dense \"1\"\n", ["größe"] = "28 × 28" }); // written in the order of the keys

        Assert.Equal(ReferenceFiles.Bytes("safetensors-float32.safetensors"), stream.ToArray());
    }

    [Fact]
    public void ConvertsOtherFloatsAndOrdersTensorsByTheirData()
    {
        var file = SafeTensors.Read(ReferenceFiles.PathOf("safetensors-types.safetensors"));

        Assert.Equal(["f64", "f16", "bf16"], file.Tensors.Select(entry => entry.Name));
        Assert.Equal([1, 3], file["f64"].Shape.ToArray());
        Assert.Equal([0.1f, float.NegativeInfinity, float.Epsilon], file["f64"].Values.ToArray());
        Assert.Equal([0.0999755859375f, -65504f, 1f / (1 << 24), float.PositiveInfinity], file["f16"].Values.ToArray());
        Assert.Equal([1.5f, -3f], file["bf16"].Values.ToArray());
    }

    [Fact]
    public void ReadsWhatItWroteBitForBitAcrossChunks()
    {
        var random = new SeededRandom(1);
        var tensor = new Tensor(3, 16_411); // more than one chunk, and not a multiple of one
        foreach (ref var value in tensor.Values)
            value = BitConverter.UInt32BitsToSingle(random.NextUInt32()); // NaN and subnormal numbers too
        var path = folder["deep/folder/model.safetensors"];

        SafeTensors.Write(path, [("a", tensor), ("b", Tensor.From([1f], 1))]);

        var file = SafeTensors.Read(path);
        Assert.Equal(Bits(tensor), Bits(file["a"]));
        Assert.Equal(1f, file["b"].Values[0]);
        Assert.Empty(file.Metadata);
        Assert.Equal(["model.safetensors"], Directory.GetFiles(Path.GetDirectoryName(path)!).Select(Path.GetFileName));
    }

    [Fact]
    public void DataBeginAtAMultipleOfEightBytes()
    {
        for (var length = 1; length <= 9; length++)
        {
            var stream = new MemoryStream();
            SafeTensors.Write(stream, [(new string('n', length), Tensor.From([1f, 2f], 2))]);
            Assert.Equal(0ul, BinaryPrimitives.ReadUInt64LittleEndian(stream.ToArray()) % 8);
            Assert.Equal(2f, SafeTensors.Read(stream.ToArray(), "memory").Tensors[0].Tensor.Values[1]);
        }
    }

    [Fact]
    public void AFailedWriteLeavesTheOldFileAndNothingElse()
    {
        var path = folder["model.safetensors"];
        SafeTensors.Write(path, [("w", Tensor.From([1f], 1))]);

        Assert.Throws<ArgumentException>(() => SafeTensors.Write(path, [("w", Tensor.From([2f], 1)), ("w", Tensor.From([3f], 1))]));

        Assert.Equal(1f, SafeTensors.Read(path)["w"].Values[0]);
        Assert.Single(folder.Files);
    }

    [Fact]
    public void RefusesNamesThatNoReaderWouldAccept()
    {
        foreach (var (name, reason) in new[] { ("__metadata__", "reserved"), ("half a pair: \ud83d", "Unicode"), ("\ude00", "Unicode") })
        {
            var error = Assert.Throws<ArgumentException>(() => SafeTensors.Write(new MemoryStream(), [(name, new Tensor(1))]));
            Assert.Contains(reason, error.Message);
        }
    }

    [Fact]
    public void WritesNamesInAnyScript()
    {
        var stream = new MemoryStream();
        SafeTensors.Write(stream, [("Ziffer \U0001F600 <\u0001\\>", new Tensor(1))]);
        Assert.Equal("Ziffer \U0001F600 <\u0001\\>", SafeTensors.Read(stream.ToArray(), "memory").Tensors[0].Name);
    }

    [Fact]
    public void AnEmptyFileOfTensorsIsAFile()
    {
        var file = SafeTensors.Read(Bytes("{}", 0), "memory");
        Assert.Empty(file.Tensors);
        var error = Assert.Throws<ModelFormatException>(() => file["w"]);
        Assert.Contains("no tensor at all", error.Message);
    }

    [Fact]
    public void AMissingTensorIsNamedAndSoAreThoseThatAreThere()
    {
        var file = SafeTensors.Read(ReferenceFiles.PathOf("safetensors-types.safetensors"));
        var error = Assert.Throws<ModelFormatException>(() => file["dense.bias"]);
        Assert.Contains("safetensors-types.safetensors", error.File);
        Assert.Contains("'dense.bias'", error.Expected);
        Assert.Equal("'f64', 'f16', 'bf16'", error.Found);
    }

    // Each header, the number of bytes behind it, and a part of the message it must give.
    [Theory]
    [InlineData("""{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 8, "the data: expected 4 bytes, found 8")]
    [InlineData("""{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 4, "tensor 'w': expected data up to byte 8, found only 4 bytes")]
    [InlineData("""{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,8]}}""", 8, "tensor 'w': expected 4 bytes for shape [1] of F32, found 8")]
    [InlineData("""{"w":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}""", 8, "found -4")]
    [InlineData("""{"w":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8, "data from byte 0")]
    [InlineData("""{"v":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"w":{"dtype":"F32","shape":[1],"data_offsets":[8,12]}}""", 12, "tensor 'w': expected data from byte 4")]
    [InlineData("""{"v":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"w":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}""", 12, "tensor 'w': expected data from byte 8")]
    [InlineData("""{"v":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 4, "expected data from byte 4")]
    [InlineData("""{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"w":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8, "'w' twice")]
    [InlineData("""{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"\u0077":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8, "'w' twice")]
    [InlineData("""{"w":{"dtype":"F32","dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 4, "dtype twice")]
    [InlineData("""{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"more":1}}""", 4, "'more'")]
    [InlineData("""{"w":{"dtype":"U64","shape":[1],"data_offsets":[0,8]}}""", 8, "found 'U64'. Convert")]
    [InlineData("""{"w":{"dtype":7,"shape":[1],"data_offsets":[0,8]}}""", 8, "a text as dtype")]
    [InlineData("""{"w":{"shape":[1],"data_offsets":[0,4]}}""", 4, "tensor 'w': expected dtype, shape and two data_offsets")]
    [InlineData("""{"w":{"dtype":"F32","shape":[1],"data_offsets":[0]}}""", 4, "two data_offsets")]
    [InlineData("""{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4,4]}}""", 4, "at most 2 numbers as data_offsets")]
    [InlineData("""{"w":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}""", 4, "'-1'")]
    [InlineData("""{"w":{"dtype":"F32","shape":[1.0],"data_offsets":[0,4]}}""", 4, "'1.0'")]
    [InlineData("""{"w":{"dtype":"F32","shape":["1"],"data_offsets":[0,4]}}""", 4, "whole numbers")]
    [InlineData("""{"w":{"dtype":"F32","shape":[NaN],"data_offsets":[0,4]}}""", 4, "an object in JSON")]
    [InlineData("""{"w":{"dtype":"F32","shape":[[1]],"data_offsets":[0,4]}}""", 4, "whole numbers")]
    [InlineData("""{"w":{"dtype":"F32","shape":[4294967297],"data_offsets":[0,4]}}""", 4, "whole numbers")]
    [InlineData("""{"w":{"dtype":"F32","shape":[65536,65536],"data_offsets":[0,0]}}""", 0, "elements")]
    [InlineData("""{"w":{"dtype":"F32","shape":[2147483647,2147483647,0],"data_offsets":[0,0]}}""", 0, "elements")]
    [InlineData("""{"w":{"dtype":"F32","shape":[536870912],"data_offsets":[0,2147483648]}}""", 4, "found only 4 bytes")]
    [InlineData("""{"w":{"dtype":"F32","shape":[1],"data_offsets":[9223372036854775807,4]}}""", 4, "tensor 'w'")]
    [InlineData("""{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,9223372036854775808]}}""", 4, "whole numbers")]
    [InlineData("""{"w":[]}""", 0, "an object with dtype")]
    [InlineData("""{"w":null}""", 0, "an object with dtype")]
    [InlineData("""{"__metadata__":{"a":1}}""", 0, "a text")]
    [InlineData("""{"__metadata__":{"a":"1","a":"2"}}""", 0, "'a' twice")]
    [InlineData("""{"__metadata__":{},"__metadata__":{}}""", 0, "twice")]
    [InlineData("""{"__metadata__":"a"}""", 0, "an object")]
    [InlineData("""{"__metadata__":{"a":"\ud800"}}""", 0, "Unicode")]
    [InlineData("""{} {}""", 0, "an object in JSON")]
    [InlineData("""{"w":{"dtype":"F32",""", 0, "an object in JSON")]
    [InlineData("[]", 0, "{ as its first character")]
    [InlineData(" {}", 0, "{ as its first character")]
    [InlineData("", 0, "{ as its first character")]
    public void RefusesWhatTheFormatForbids(string header, int dataLength, string message)
    {
        var error = Assert.Throws<ModelFormatException>(() => SafeTensors.Read(Bytes(header, dataLength), "model.safetensors"));
        Assert.StartsWith("model.safetensors, ", error.Message);
        Assert.Contains(message, error.Message);
    }

    [Fact]
    public void RefusesDeepNesting()
    {
        var deep = """{"w":""" + new string('[', 1_000_000);
        Assert.Throws<ModelFormatException>(() => SafeTensors.Read(Bytes(deep, 0), "memory"));
    }

    [Fact]
    public void RefusesMoreDimensionsThanAnyLibraryKnows()
    {
        var shape = string.Join(",", Enumerable.Repeat("1", 100_000));
        var error = Assert.Throws<ModelFormatException>(() =>
            SafeTensors.Read(Bytes($$$"""{"w":{"dtype":"F32","shape":[{{{shape}}}],"data_offsets":[0,4]}}""", 4), "memory"));
        Assert.Contains("at most 64 numbers", error.Message);
    }

    [Fact]
    public void RefusesTextThatIsNotUtf8()
    {
        byte[] header = [.. "{\"__metadata__\":{\"a\":\""u8, 0xC3, 0x28, .. "\"}}"u8];
        var bytes = new byte[8 + header.Length];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, (ulong)header.Length);
        header.CopyTo(bytes, 8);
        Assert.Throws<ModelFormatException>(() => SafeTensors.Read(bytes, "memory"));
    }

    [Theory]
    [InlineData(0ul)]
    [InlineData(9ul)]
    [InlineData(100_000_001ul)]
    [InlineData(ulong.MaxValue)]
    [InlineData(1ul << 63)]
    public void RefusesHeaderLengthsThatTheFileCannotHold(ulong length)
    {
        var bytes = new byte[16];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, length);
        Assert.Throws<ModelFormatException>(() => SafeTensors.Read(bytes, "memory"));
    }

    [Fact]
    public void EveryCutOffFileIsRefused()
    {
        var whole = ReferenceFiles.Bytes("safetensors-float32.safetensors");
        for (var length = 0; length < whole.Length; length++)
            Assert.Throws<ModelFormatException>(() => SafeTensors.Read(whole[..length], "memory"));
    }

    [Fact]
    public void ALyingHeaderCostsNoMemory()
    {
        var bytes = Bytes("""{"w":{"dtype":"F32","shape":[536870912],"data_offsets":[0,2147483648]}}""", 4);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<ModelFormatException>(() => SafeTensors.Read(bytes, "memory"));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1_000_000);
    }

    [Fact]
    public void MessagesShortenAndCleanNames()
    {
        var name = new string('n', 1000) + "\n";
        var error = Assert.Throws<ModelFormatException>(() =>
            SafeTensors.Read(Bytes($$$"""{"{{{name.Replace("\n", "\\n")}}}":{"dtype":"F32","shape":[1],"data_offsets":[0,8]}}""", 8), "memory"));
        Assert.InRange(error.Message.Length, 1, 400);
        error = Assert.Throws<ModelFormatException>(() => SafeTensors.Read(Bytes("""{"a\u001b[31m":1}""", 0), "memory"));
        Assert.DoesNotContain('\u001b', error.Message);
    }

    static byte[] Bytes(string header, int dataLength)
    {
        var text = Encoding.UTF8.GetBytes(header);
        var bytes = new byte[8 + text.Length + dataLength];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, (ulong)text.Length);
        text.CopyTo(bytes, 8);
        return bytes;
    }

    static uint[] Bits(Tensor tensor) => [.. tensor.Values.ToArray().Select(BitConverter.SingleToUInt32Bits)];
}
