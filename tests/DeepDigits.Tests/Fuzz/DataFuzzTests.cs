using DeepDigits.Tests.Data;
using Xunit.Abstractions;

namespace DeepDigits.Tests.Fuzz;

public sealed class DataFuzzTests(ITestOutputHelper output)
{
    static readonly byte[] images = Examples.ImageFile(4, 8), labels = Examples.LabelFile(Examples.Bytes(100, 2));
    static readonly byte[] integers = [0, 0, 0x0c, 2, 0, 0, 0, 3, 0, 0, 0, 2, .. new byte[24]];

    [Fact]
    public void Idx_images() => Fuzz(images, file =>
    {
        var loaded = IdxFile.ReadImages(Input(file), null);
        Assert.Equal(Array.ConvertAll(file[^loaded.Length..], b => b / 255f), loaded.Values);
    });

    [Fact]
    public void Idx_labels() => Fuzz(labels, file =>
    {
        var loaded = IdxFile.ReadLabels(Input(file), null);
        Assert.Equal(file[^loaded.Length..], loaded);
    });

    [Fact]
    public void Idx_labels_of_32_bits() => Fuzz(integers, file =>
    {
        var loaded = IdxFile.ReadLabels(Input(file), null);
        Assert.True(file[3] == 1 ? loaded.Length == file.Length - 8 : (file.Length - 12) % Math.Max(1, 4 * loaded.Length) == 0);
    });

    [Fact]
    public void Idx_arrays()
    {
        Fuzz(images, file =>
        {
            var (shape, values) = IdxFile.Read(Input(file));
            Assert.Equal(file[(4 + 4 * shape.Length)..], values);
            Assert.Equal(values.Length, Tensor.LengthOf(shape));
        });
    }

    [Fact]
    public void Gzipped_idx_is_refused_or_unchanged()
    {
        var expected = labels[8..];
        Fuzz(Examples.Gzip(labels), file => Assert.Equal(expected, IdxFile.ReadLabels(Input(file), null)));
    }

    [Fact]
    public void Idx_damaged_before_it_was_gzipped()
    {
        Fuzz(images, file =>
        {
            var loaded = IdxFile.ReadImages(Input(Examples.Gzip(file)), null);
            Assert.Equal(Array.ConvertAll(file[^loaded.Length..], b => b / 255f), loaded.Values);
        });
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Csv(bool header)
    {
        using var folder = new TemporaryFolder();
        KaggleCsv.Write(folder["digits.csv"], Examples.Labelled([3, 1, 4, 1, 5], 10, side: 4), header);
        Fuzz(File.ReadAllBytes(folder["digits.csv"]), file =>
        {
            var loaded = KaggleCsv.Read(new MemoryStream(file), "digits.csv");
            Assert.True(loaded.Count > 0);
            Assert.Equal(loaded.HasLabels ? loaded.Count : 0, loaded.Labels.Length);
            foreach (var pixel in loaded.Images.Values)
                Pixels.ToByte(pixel); // throws if it is no grey level
        });
    }

    [Fact]
    public void The_fuzzer_notices_a_loader_that_crashes()
    {
        var fuzzer = new MutationFuzzer(labels, file => _ = file[file[7]], e => e is DataFormatException);
        var failure = Assert.Throws<InvalidOperationException>(() => fuzzer.Run(1000, seed: 1));
        Assert.Contains("IndexOutOfRangeException is not a typed error", failure.Message);
    }

    [Fact]
    public void The_fuzzer_notices_a_loader_that_believes_a_length()
    {
        var fuzzer = new MutationFuzzer(labels, file => GC.KeepAlive(new byte[file.Length > 7 ? file[6] << 16 : 0]), e => e is DataFormatException);
        Assert.Contains("allocated", Assert.Throws<InvalidOperationException>(() => fuzzer.Run(1000, seed: 1)).Message);
    }

    [Fact]
    public void The_fuzzer_notices_a_loader_that_hangs()
    {
        var calls = 0;
        var fuzzer = new MutationFuzzer(labels, _ => Thread.Sleep(++calls == 20 ? Timeout.Infinite : 0), e => e is DataFormatException)
        {
            TimeLimit = TimeSpan.FromSeconds(0.1),
        };
        Assert.Contains("hangs", Assert.Throws<InvalidOperationException>(() => fuzzer.Run(1000, seed: 1)).Message);
    }

    static InputFile Input(byte[] file) => new(new MemoryStream(file), "digits");

    void Fuzz(byte[] valid, Action<byte[]> load)
    {
        var report = new MutationFuzzer(valid, load, e => e is DataFormatException).Run(MutationFuzzer.DefaultCases, seed: 1);
        output.WriteLine(report.ToString());
        Assert.Equal(MutationFuzzer.DefaultCases, report.Loaded + report.Refused);
    }
}
