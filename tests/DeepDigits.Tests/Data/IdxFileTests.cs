using FsCheck.Fluent;

namespace DeepDigits.Tests.Data;

public sealed class IdxFileTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_was_written_is_read(bool gzip)
    {
        using var folder = new TemporaryFolder();
        var arrays = from rank in Gen.Choose(1, 5)
                     from shape in Gen.Choose(0, 5).ArrayOf(rank)
                     select (Shape: shape, Values: Examples.Bytes(shape.Aggregate(1, (a, b) => a * b), seed: shape.Sum()));
        Properties.Hold(arrays, array =>
        {
            IdxFile.Write(folder["array"], array.Values, array.Shape, gzip);
            var (shape, values) = IdxFile.Read(folder["array"]);
            Assert.Equal(array.Shape, shape);
            Assert.Equal(array.Values, values);
            Assert.Equal(gzip, File.ReadAllBytes(folder["array"]) is [0x1f, 0x8b, ..]);
        });
        Assert.Equal(["array"], folder.Files);
    }

    [Fact]
    public void The_bytes_are_those_of_the_published_format()
    {
        using var folder = new TemporaryFolder();
        IdxFile.Write(folder["labels"], [7, 2, 1], [3]);
        Assert.Equal((byte[])[0, 0, 8, 1, 0, 0, 0, 3, 7, 2, 1], File.ReadAllBytes(folder["labels"]));
        IdxFile.Write(folder["images"], [1, 2, 3, 4, 5, 6], [1, 2, 3]);
        Assert.Equal((byte[])[0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 1, 2, 3, 4, 5, 6], File.ReadAllBytes(folder["images"]));
    }

    [Fact]
    public void Values_that_do_not_fill_the_shape_are_not_written()
    {
        using var folder = new TemporaryFolder();
        Assert.Throws<ShapeException>(() => IdxFile.Write(folder["x"], [1, 2, 3], [2, 2]));
        Assert.Throws<ShapeException>(() => IdxFile.Write(folder["x"], [1], []));
        Assert.Empty(folder.Files);
    }

    [Fact]
    public void Images_are_divided_by_255_in_every_block()
    {
        using var folder = new TemporaryFolder();
        const int count = 400, side = 32; // more than one block
        var file = Examples.ImageFile(count, side);
        var expected = Array.ConvertAll(file[16..], b => b / 255f);
        foreach (var content in (byte[][])[file, Examples.Gzip(file)])
        {
            var images = IdxFile.ReadImages(folder.Write("images", content));
            Assert.Equal([count, side, side, 1], images.Shape);
            Assert.Equal(expected, images.Values);
        }
    }

    [Fact]
    public void Images_may_have_channels()
    {
        using var folder = new TemporaryFolder();
        IdxFile.Write(folder["colours"], Examples.Bytes(2 * 4 * 5 * 3, 1), [2, 4, 5, 3]);
        Assert.Equal([2, 4, 5, 3], IdxFile.ReadImages(folder["colours"]).Shape);
    }

    [Fact]
    public void Labels_may_be_the_first_column_of_integers()
    {
        using var folder = new TemporaryFolder();
        byte[] qmnist = [0, 0, 0x0c, 2, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 9, 0, 0, 1, 0, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 1];
        Assert.Equal((byte[])[9, 4], IdxFile.ReadLabels(folder.Write("labels", qmnist)));
        qmnist[12] = 0x80; // the first label becomes negative
        var error = Assert.Throws<DataFormatException>(() => IdxFile.ReadLabels(folder.Write("labels", qmnist)));
        Assert.Contains("a label from 0 to 255 in row 0, found -2147483639", error.Message);
    }

    public static TheoryData<string, byte[], string> Damaged()
    {
        var labels = Examples.LabelFile(1, 2, 3, 4);
        var packed = Examples.Gzip(Examples.LabelFile(Examples.Bytes(500, 1)));
        byte[] WithPacked(int position, byte change)
        {
            var copy = packed.ToArray();
            copy[position < 0 ? copy.Length + position : position] ^= change;
            return copy;
        }

        // The data ends where the checksum should begin, but the last four bytes are right.
        byte[] Spliced()
        {
            var content = Examples.LabelFile(new byte[100]);
            byte[] stored = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 1, 108, 0, 147, 255, .. content, 0, 0, 0, 0, 108, 0, 0, 0];
            return [.. stored[..50], .. stored[56..]];
        }

        return new()
        {
            { "empty", [], "byte 0: expected 4 more bytes, found the end of the file" },
            { "only a part of the header", [0, 0, 8], "byte 3: expected 1 more bytes, found the end of the file" },
            { "the magic number of another format", "%PDF-1.7"u8.ToArray(), "found 25504446" },
            { "elements of a type that MNIST does not have", [0, 0, 0x0d, 1, 0, 0, 0, 1, 0, 0, 0, 0], "found 00000D01" },
            { "rank 0", [0, 0, 8, 0, 5], "found 00000800" },
            { "a byte too few", labels[..^1], "byte 8: expected 4 bytes of data for the shape [4] of the header, found 3 bytes" },
            { "a byte too many", [.. labels, 0], "byte 8: expected 4 bytes of data for the shape [4] of the header, found 5 bytes" },
            { "4 billion labels", [0, 0, 8, 1, 0xff, 0xff, 0xff, 0xff, 1], "4294967295 in dimension 0" },
            { "2 billion labels", [0, 0, 8, 1, 0x7f, 0, 0, 0, 1], "expected 2130706432 bytes of data" },
            { "sizes whose product is too large", [0, 0, 8, 3, 0, 0, 0, 0, 0x7f, 0, 0, 0, 0x7f, 0, 0, 0], "2130706432 in dimension 2" },
            { "images instead of labels", Examples.ImageFile(2, 2), "Is it perhaps a file of images?" },
            { "gzip: cut off in the middle", packed[..^100], "expected" },
            { "gzip: cut off in the checksum", packed[..^6], "expected" },
            { "gzip: the last byte missing", packed[..^1], "expected" },
            { "gzip: only the header", packed[..10], "complete gzip data" },
            { "gzip: bytes after the end", [.. packed, 1], "expected" },
            { "gzip: zeros after the end", [.. packed, .. new byte[100]], "expected" },
            { "gzip: twice", [.. packed, .. packed], "expected the end of the file after 508 bytes, found more bytes" },
            { "gzip: wrong checksum", WithPacked(-8, 1), "damaged data" },
            { "gzip: wrong length", WithPacked(-4, 1), "expected" },
            { "gzip: a length that cannot be", WithPacked(-1, 0xf0), "complete gzip data" },
            { "gzip: damaged data", WithPacked(40, 0xff), "damaged data" },
            { "gzip: cut off behind the data, where the stream itself does not look", Spliced(), "bytes with the checksum" },
            { "gzip: an unknown method", WithPacked(2, 1), "damaged data" },
        };
    }

    [Theory]
    [MemberData(nameof(Damaged))]
    public void A_damaged_file_is_refused_with_its_name_and_what_is_wrong(string damage, byte[] content, string message)
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("labels", content);
        var error = Assert.Throws<DataFormatException>(() => IdxFile.ReadLabels(path));
        Assert.True(error.Message.Contains(message, StringComparison.Ordinal), $"{damage}: {error.Message}");
        Assert.StartsWith(path, error.Message, StringComparison.Ordinal);
        Assert.Equal(path, error.File);
    }

    [Fact]
    public void Files_of_another_kind_are_refused()
    {
        using var folder = new TemporaryFolder();
        var labels = folder.Write("labels", Examples.LabelFile(1, 2));
        Assert.Contains("found shape [2]. Is it perhaps a file of labels?", Assert.Throws<DataFormatException>(() => IdxFile.ReadImages(labels)).Message);
        var integers = folder.Write("integers", [0, 0, 0x0c, 1, 0, 0, 0, 1, 0, 0, 0, 1]);
        Assert.Throws<DataFormatException>(() => IdxFile.Read(integers));
        Assert.Throws<DataFormatException>(() => IdxFile.ReadImages(integers));
        Assert.Throws<DataFormatException>(() => IdxFile.ReadLabels(integers));
        var withoutPixels = folder.Write("no pixels", [0, 0, 8, 3, 0, 0, 0, 9, 0, 0, 0, 0, 0, 0, 0, 5]);
        Assert.Throws<DataFormatException>(() => IdxFile.ReadImages(withoutPixels));
    }

    [Fact]
    public void A_missing_file_is_named()
    {
        using var folder = new TemporaryFolder();
        Assert.Contains(folder["nothing"], Assert.Throws<DataMissingException>(() => IdxFile.ReadLabels(folder["nothing"])).Message);
        Assert.Throws<DataMissingException>(() => IdxFile.ReadLabels(Path.Combine(folder["no folder"], "file")));
    }

    [Fact]
    public void A_file_can_be_replaced_and_nothing_else_is_left()
    {
        using var folder = new TemporaryFolder();
        IdxFile.Write(folder["a"], [1], [1]);
        IdxFile.Write(folder["a"], [2, 3], [2]);
        Assert.Equal((byte[])[2, 3], IdxFile.Read(folder["a"]).Values);
        Assert.Equal(["a"], folder.Files);
    }
}
