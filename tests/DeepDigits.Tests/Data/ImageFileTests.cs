using System.Buffers.Binary;
using System.Text;

namespace DeepDigits.Tests;

public sealed class ImageFileTests
{
    static readonly Dictionary<string, byte[]> pictures = ReferenceFiles.Unzip("pictures.zip");
    static readonly SafeTensorsFile expectations = SafeTensors.Read(ReferenceFiles.PathOf("pictures.safetensors"));

    public static TheoryData<string> Names => [.. pictures.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Reads_what_other_programs_wrote(string name)
    {
        var picture = ImageFile.Read(pictures[name], name);

        var expected = expectations[name];
        Assert.Equal(expected.Shape.ToArray(), picture.Shape.ToArray());
        for (var i = 0; i < expected.Length; i++)
            Assert.Equal(expected.Values[i], picture.Values[i], 1e-7f);
    }

    [Fact]
    public void All_kinds_of_files_are_among_them()
    {
        Assert.Equal(2 * (5 + 6 + 4 + 1 + 5) + 2 + 4, pictures.Keys.Count(name => name.EndsWith(".png")));
        Assert.Equal(10, pictures.Keys.Count(name => name.EndsWith(".bmp")));
        Assert.Equal(12, pictures.Keys.Count(name => name[^4..] is ".pbm" or ".pgm" or ".ppm"));
    }

    [Fact]
    public void Reads_a_file_whatever_its_name()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("digit.jpg", pictures["grey-8.png"]);
        Assert.Equal(expectations["grey-8.png"].Values.ToArray(), ImageFile.Read(path).Values.ToArray());
    }

    [Fact]
    public void A_grey_level_is_exactly_a_255th()
    {
        var levels = Enumerable.Range(0, 256).Select(i => (byte)i).ToArray();
        byte[] file = [.. "P5 16 16 255\n"u8, .. levels];
        Assert.Equal(levels.Select(level => level / 255f), ImageFile.Read(file, "memory").Values.ToArray());
    }

    [Theory]
    [InlineData("FFD8FFE000104A464946", "JPEG")]
    [InlineData("474946383961", "GIF")]
    [InlineData("49492A00", "TIFF")]
    [InlineData("4D4D002A", "TIFF")]
    [InlineData("524946460000000057454250", "WebP")]
    [InlineData("000000206674797068656963", "HEIC")]
    [InlineData("255044462D", "PDF")]
    [InlineData("3C737667", "SVG")]
    [InlineData("", "empty")]
    [InlineData("00", "0x00")]
    [InlineData("5037", "0x50")]
    public void Other_formats_are_named_with_a_way_out(string hex, string format)
    {
        var error = Assert.Throws<DataFormatException>(() => ImageFile.Read(Convert.FromHexString(hex), "digit.jpg"));
        Assert.Contains("digit.jpg", error.Message);
        Assert.Contains("a PNG, BMP, PBM, PGM or PPM picture", error.Expected);
        Assert.Contains(format, error.Found);
        Assert.Contains("save it as PNG", error.Message);
    }

    [Fact]
    public void Every_cut_off_picture_is_refused()
    {
        // What stands behind the pixels of a portable anymap, and the end chunk of a PNG, are the only parts that are not needed.
        foreach (var name in new[] { "colour-8.png", "palette-alpha-interlaced.png", "windows-8.bmp", "os2-1.bmp", "ppm-8.ppm", "pgm-16.pgm", "pbm.pbm" })
        {
            var whole = pictures[name];
            for (var length = 0; length < whole.Length; length++)
                Assert.Throws<DataFormatException>(() => ImageFile.Read(whole.AsSpan(0, length), name));
        }
    }

    // ---- PNG ----

    [Fact]
    public void Png_skips_chunks_that_pixels_do_not_need_and_what_stands_behind_the_end()
    {
        var file = PngBytes.File(PngBytes.Header(1, 1, 8, 0), PngBytes.Chunk("tEXt", [.. "Title\0Seven"u8]), PngBytes.Pixels(0, 51), PngBytes.End, [1, 2, 3]);
        Assert.Equal([0.2f], ImageFile.Read(file, "memory").Values.ToArray());
    }

    [Fact]
    public void Png_joins_the_pixels_of_several_chunks()
    {
        var compressed = PngBytes.Compress([0, 51, 102]);
        var chunks = compressed.Select(b => PngBytes.Chunk("IDAT", b));
        var file = PngBytes.File([PngBytes.Header(2, 1, 8, 0), .. chunks, PngBytes.End]);
        Assert.Equal([0.2f, 0.4f], ImageFile.Read(file, "memory").Values.ToArray());
    }

    [Fact]
    public void Png_of_one_pixel_can_be_interlaced()
    {
        var file = PngBytes.File(PngBytes.Header(1, 1, 16, 0, interlace: 1), PngBytes.Pixels(0, 0xFF, 0xFF), PngBytes.End);
        Assert.Equal([1f], ImageFile.Read(file, "memory").Values.ToArray());
    }

    [Fact]
    public void Png_filters_wrap_around()
    {
        // Two rows of two pixels: filter 4 (Paeth), then 3 (average), by hand.
        // Row 0: 200, then 200 + 100 = 300 - 256 = 44. Row 1: 10 + floor(200 / 2) = 110, then 250 + floor((110 + 44) / 2) = 327 - 256 = 71.
        var file = PngBytes.File(PngBytes.Header(2, 2, 8, 0), PngBytes.Pixels(4, 200, 100, 3, 10, 250), PngBytes.End);
        Assert.Equal([200 / 255f, 44 / 255f, 110 / 255f, 71 / 255f], ImageFile.Read(file, "memory").Values.ToArray());
    }

    public static TheoryData<string, byte[], string> WrongPngs => new()
    {
        { "no header", PngBytes.File(PngBytes.Pixels(0, 1), PngBytes.End), "chunk IHDR first" },
        { "two headers", PngBytes.File(PngBytes.Header(1, 1, 8, 0), PngBytes.Header(1, 1, 8, 0), PngBytes.End), "IHDR once" },
        { "long header", PngBytes.File(PngBytes.Chunk("IHDR", new byte[14])), "a header of 13 bytes" },
        { "no width", PngBytes.File(PngBytes.Header(0, 1, 8, 0)), "a width and a height of at least 1" },
        { "giant", PngBytes.File(PngBytes.Header(4_000_000_000, 4_000_000_000, 8, 0)), "at most 67108864 pixels" },
        { "too large", PngBytes.File(PngBytes.Header(8193, 8192, 8, 0)), "at most 67108864 pixels" },
        { "lying size", PngBytes.File(PngBytes.Header(8192, 8192, 8, 0), PngBytes.Pixels(0, 1), PngBytes.End), "which cannot hold them" },
        { "3 bits", PngBytes.File(PngBytes.Header(1, 1, 3, 0)), "bit depth 3, colour type 0" },
        { "colour type 5", PngBytes.File(PngBytes.Header(1, 1, 8, 5)), "bit depth 8, colour type 5" },
        { "palette of 16 bits", PngBytes.File(PngBytes.Header(1, 1, 16, 3)), "bit depth 16, colour type 3" },
        { "interlace 2", PngBytes.File(PngBytes.Header(1, 1, 8, 0, 2)), "interlace 0 or 1" },
        { "no pixels", PngBytes.File(PngBytes.Header(1, 1, 8, 0), PngBytes.End), "pixels in chunk IDAT" },
        { "no end", PngBytes.File(PngBytes.Header(1, 1, 8, 0), PngBytes.Pixels(0, 1)), "a chunk of at least 12 bytes" },
        { "fewer pixels", PngBytes.File(PngBytes.Header(2, 1, 8, 0), PngBytes.Pixels(0, 1), PngBytes.End), "found fewer" },
        { "more pixels", PngBytes.File(PngBytes.Header(1, 1, 8, 0), PngBytes.Pixels(0, 1, 2), PngBytes.End), "found more" },
        { "filter 5", PngBytes.File(PngBytes.Header(1, 1, 8, 0), PngBytes.Pixels(5, 1), PngBytes.End), "a row filter from 0 to 4" },
        { "not zlib", PngBytes.File(PngBytes.Header(1, 1, 8, 0), PngBytes.Chunk("IDAT", 1, 2, 3, 4), PngBytes.End), "a damaged zlib stream" },
        { "no palette", PngBytes.File(PngBytes.Header(1, 1, 8, 3), PngBytes.Pixels(0, 0), PngBytes.End), "a palette in chunk PLTE" },
        { "short palette", PngBytes.File(PngBytes.Header(1, 1, 8, 3), PngBytes.Chunk("PLTE", 1, 2, 3), PngBytes.Pixels(0, 1), PngBytes.End), "found colour 1" },
        { "odd palette", PngBytes.File(PngBytes.Header(1, 1, 8, 3), PngBytes.Chunk("PLTE", 1, 2)), "found 2 bytes" },
        { "long palette", PngBytes.File(PngBytes.Header(1, 1, 1, 3), PngBytes.Chunk("PLTE", new byte[9])), "found 9 bytes" },
        { "late palette", PngBytes.File(PngBytes.Header(1, 1, 8, 3), PngBytes.Pixels(0, 0), PngBytes.Chunk("PLTE", 1, 2, 3), PngBytes.End), "before the pixels" },
        { "transparency without palette", PngBytes.File(PngBytes.Header(1, 1, 8, 3), PngBytes.Chunk("tRNS", 1)), "tRNS" },
        { "transparency beside alpha", PngBytes.File(PngBytes.Header(1, 1, 8, 4), PngBytes.Chunk("tRNS", 0, 1)), "tRNS" },
        { "split pixels", PngBytes.File(PngBytes.Header(1, 1, 8, 0), PngBytes.Pixels(0, 1), PngBytes.Chunk("tEXt"), PngBytes.Pixels(0, 1), PngBytes.End), "all IDAT chunks together" },
        { "unknown critical chunk", PngBytes.File(PngBytes.Header(1, 1, 8, 0), PngBytes.Chunk("ABCD"), PngBytes.Pixels(0, 1), PngBytes.End), "found ABCD" },
        { "length", [.. PngBytes.Signature, 0xFF, 0xFF, 0xFF, 0xFF, .. "IHDR"u8, .. new byte[17]], "4294967295: the file is cut off or damaged" },
    };

    [Theory]
    [MemberData(nameof(WrongPngs))]
    public void Png_that_breaks_a_rule_is_refused(string rule, byte[] file, string message)
    {
        var error = Assert.Throws<DataFormatException>(() => ImageFile.Read(file, rule));
        Assert.Contains(message, error.Message);
    }

    [Fact]
    public void Png_with_a_flipped_bit_is_refused_wherever_the_bit_is()
    {
        var whole = pictures["pillow-grey.png"];
        for (var bit = 8 * PngBytes.Signature.Length; bit < 8 * whole.Length; bit++)
        {
            var damaged = whole.ToArray();
            damaged[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.Throws<DataFormatException>(() => ImageFile.Read(damaged, "memory"));
        }
    }

    // ---- BMP ----

    [Fact]
    public void Bmp_can_stand_from_top_to_bottom()
    {
        var file = Bmp(width: 1, height: -2, bits: 24, compression: 0, masks: [], pixels: [51, 51, 51, 0, 102, 102, 102, 0]);
        Assert.Equal([0.2f, 0.4f], ImageFile.Read(file, "memory").Values.ToArray());
    }

    [Fact]
    public void Bmp_of_32_bits_may_say_that_the_fourth_byte_is_opacity()
    {
        byte[] masks = [0, 0, 0xFF, 0, 0, 0xFF, 0, 0, 0xFF, 0, 0, 0, 0, 0, 0, 0xFF];
        var file = Bmp(width: 2, height: 1, bits: 32, compression: 3, masks, pixels: [0, 0, 0, 0, 51, 51, 51, 255]);
        Assert.Equal([1f, 0.2f], ImageFile.Read(file, "memory").Values.ToArray());
    }

    [Theory]
    [InlineData(1, 1, 16, 0, "1, 4, 8, 24 or 32 bits")]
    [InlineData(1, 1, 24, 1, "no compression")]
    [InlineData(1, 1, 24, 3, "no compression")]
    [InlineData(1, 1, 32, 3, "the colour masks")]
    [InlineData(0, 1, 24, 0, "at least 1")]
    [InlineData(-1, 1, 24, 0, "at least 1")]
    [InlineData(1, int.MinValue, 24, 0, "at most 67108864 pixels")]
    [InlineData(30_000, 30_000, 24, 0, "at most 67108864 pixels")]
    [InlineData(8192, 8192, 24, 0, "bytes of pixels")]
    [InlineData(1, 1, 8, 0, "a palette")]
    public void Bmp_that_breaks_a_rule_is_refused(int width, int height, int bits, int compression, string message)
    {
        var file = Bmp(width, height, bits, compression, masks: new byte[16], pixels: new byte[4]);
        var error = Assert.Throws<DataFormatException>(() => ImageFile.Read(file, "digit.bmp"));
        Assert.Contains(message, error.Message);
    }

    [Fact]
    public void Bmp_with_a_colour_outside_its_palette_is_refused()
    {
        var file = pictures["windows-4.bmp"].ToArray();
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(46), 15); // one colour fewer than it has
        var error = Assert.Throws<DataFormatException>(() => ImageFile.Read(file, "digit.bmp"));
        Assert.Contains("pixels of one of 15 colours, found colour 15", error.Message);
    }

    static byte[] Bmp(int width, int height, int bits, int compression, byte[] masks, byte[] pixels)
    {
        var headerLength = masks.Length == 16 ? 56 : 40;
        var file = new byte[14 + headerLength + pixels.Length];
        "BM"u8.CopyTo(file);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(10), 14 + headerLength);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(14), headerLength);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(18), width);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(22), height);
        file[26] = 1;
        file[28] = (byte)bits;
        file[30] = (byte)compression;
        masks.CopyTo(file, 54);
        pixels.CopyTo(file, 14 + headerLength);
        return file;
    }

    // ---- Portable anymaps ----

    [Theory]
    [InlineData("P2\n# a comment\n2 1 # another\n10\n0 10\n", new[] { 0f, 1f })]
    [InlineData("P1 2 2 0110", new[] { 1f, 0f, 0f, 1f })]
    [InlineData("P1#c\n2\t2\r\n0 1#c\n1 0", new[] { 1f, 0f, 0f, 1f })]
    [InlineData("P3 1 1 255 255 0 0", new[] { 0.299f })]
    public void Anymap_as_text(string text, float[] expected) =>
        Assert.Equal(expected, ImageFile.Read(Encoding.ASCII.GetBytes(text), "memory").Values.ToArray());

    [Fact]
    public void Anymap_raw_pixels_may_look_like_spaces_or_comments()
    {
        byte[] file = [.. "P5 3 1 255\n"u8, (byte)'\n', (byte)'#', (byte)' '];
        Assert.Equal([10 / 255f, 35 / 255f, 32 / 255f], ImageFile.Read(file, "memory").Values.ToArray());
    }

    [Theory]
    [InlineData("P2 2 2 10 0", "at least 4 bytes of pixels")]
    [InlineData("P2 2 1 10 0", "found the end of the file")]
    [InlineData("P2 1 1 10 11", "more than 10")]
    [InlineData("P5 1 1 10\n\u000b", "a level from 0 to 10, found 11")]
    [InlineData("P2 1 1 0 0", "a largest level from 1 to 65535")]
    [InlineData("P2 1 1 65536 0", "a largest level from 1 to 65535")]
    [InlineData("P2 0 1 1 0", "at least 1")]
    [InlineData("P2 -1 1 1 0", "a width, found byte 0x2D")]
    [InlineData("P2 99999999999 1 1 0", "a width, found more than")]
    [InlineData("P5 99999 99999 255\n0", "at most 67108864 pixels")]
    [InlineData("P5 8000 8000 255\n0", "64000000 bytes of pixels")]
    [InlineData("P4 8000 8000\n0", "8000000 bytes of pixels")]
    [InlineData("P1 1 1 2", "a pixel 0 or 1")]
    [InlineData("P5 1 1 255", "one space or line end after the header")]
    [InlineData("P5 1 1 255x1", "one space or line end after the header")]
    public void Anymap_that_breaks_a_rule_is_refused(string text, string message)
    {
        var error = Assert.Throws<DataFormatException>(() => ImageFile.Read(Encoding.Latin1.GetBytes(text), "digit.pgm"));
        Assert.Contains(message, error.Message);
    }
}
