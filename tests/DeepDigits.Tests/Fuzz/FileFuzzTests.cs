using System.Buffers.Binary;
using Xunit.Abstractions;

namespace DeepDigits.Tests.Fuzz;

public sealed class FileFuzzTests(ITestOutputHelper output)
{
    static readonly Dictionary<string, byte[]> pictures = ReferenceFiles.Unzip("pictures.zip");

    [Theory]
    [InlineData("safetensors-float32.safetensors")]
    [InlineData("safetensors-types.safetensors")]
    public void Safetensors(string name) => Fuzz(ReferenceFiles.Bytes(name), file =>
    {
        var loaded = SafeTensors.Read(file, name);
        long elements = loaded.Tensors.Sum(entry => (long)entry.Tensor.Length);
        Assert.True(elements * 2 <= file.Length);
        // What was loaded can be written and loaded again, with the same numbers.
        var copy = new MemoryStream();
        SafeTensors.Write(copy, loaded.Tensors, loaded.Metadata);
        var again = SafeTensors.Read(copy.ToArray(), "copy");
        for (var i = 0; i < loaded.Tensors.Count; i++)
        {
            Assert.Equal(loaded.Tensors[i].Name, again.Tensors[i].Name);
            Assert.Equal(loaded.Tensors[i].Tensor.Values.ToArray(), again.Tensors[i].Tensor.Values.ToArray());
        }
    }, error => error is ModelFormatException);

    /// <summary>Mutations of the header's text, behind a length that is right: so they reach the parser.</summary>
    [Fact]
    public void Safetensors_headers()
    {
        var whole = ReferenceFiles.Bytes("safetensors-float32.safetensors");
        var length = (int)BinaryPrimitives.ReadInt64LittleEndian(whole);
        Fuzz(whole[8..(8 + length)], header =>
        {
            byte[] file = [.. new byte[8], .. header, .. whole.AsSpan(8 + length)];
            BinaryPrimitives.WriteInt64LittleEndian(file, header.Length);
            SafeTensors.Read(file, "memory");
        }, error => error is ModelFormatException);
    }

    [Theory]
    [InlineData("colour-alpha-16-interlaced.png")]
    [InlineData("palette-alpha.png")]
    [InlineData("grey-2.png")]
    [InlineData("windows-4.bmp")]
    [InlineData("os2-8.bmp")]
    [InlineData("pillow-32.bmp")]
    [InlineData("pgm-16.pgm")]
    [InlineData("ppm-8-plain.ppm")]
    [InlineData("pbm-plain.pbm")]
    public void Pictures(string name) => Fuzz(pictures[name], file => Read(name.EndsWith(".png") ? PngBytes.WithRightChecksums(file) : file));

    /// <summary>Mutations of the rows of a PNG before they are compressed.</summary>
    [Fact]
    public void Rows_of_a_png()
    {
        var rows = new byte[9 * (1 + 9 * 3)];
        for (var i = 0; i < rows.Length; i++)
            rows[i] = (byte)(i % 28 == 0 ? i / 28 % 5 : 7 * i);
        Fuzz(rows, changed => Read(PngBytes.File(PngBytes.Header(9, 9, 8, 2), PngBytes.Pixels(changed), PngBytes.End)));
    }

    static void Read(byte[] file)
    {
        var picture = ImageFile.Read(file, "picture");
        foreach (var level in picture.Values)
            Assert.InRange(level, 0, 1);
    }

    void Fuzz(byte[] valid, Action<byte[]> load, Predicate<Exception>? isTypedError = null)
    {
        var report = new MutationFuzzer(valid, load, isTypedError ?? (error => error is DataFormatException)).Run(MutationFuzzer.DefaultCases, seed: 2);
        output.WriteLine(report.ToString());
        Assert.Equal(MutationFuzzer.DefaultCases, report.Loaded + report.Refused);
        Assert.True(report.Refused > 0);
    }
}
