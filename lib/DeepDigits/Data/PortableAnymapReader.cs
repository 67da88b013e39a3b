using System.Buffers.Binary;
using System.Globalization;

namespace DeepDigits;

/// <summary>
/// Reads portable anymaps, the plainest of all picture formats, as grey levels: PBM (black and white), PGM (grey) and PPM (colour), each as
/// text (P1, P2, P3) or raw (P4, P5, P6). Of a file with several pictures, the first is read.
/// </summary>
/// <remarks>The Netpbm manual pages pbm(5), pgm(5), ppm(5).</remarks>
ref struct PortableAnymapReader
{
    readonly ReadOnlySpan<byte> bytes;
    readonly string name;
    int position;

    PortableAnymapReader(ReadOnlySpan<byte> bytes, string name)
    {
        this.bytes = bytes;
        this.name = name;
    }

    /// <summary>Whether the bytes begin as a portable anymap does.</summary>
    public static bool Recognizes(ReadOnlySpan<byte> bytes) =>
        bytes.Length > 2 && bytes[0] == 'P' && bytes[1] is >= (byte)'1' and <= (byte)'6' && (IsSpace(bytes[2]) || bytes[2] == '#');

    /// <summary>Reads a picture.</summary>
    /// <returns>A tensor [height, width, 1] from 0 (black) to 1 (white).</returns>
    /// <exception cref="DataFormatException">The bytes break a rule of the format.</exception>
    public static Tensor Read(ReadOnlySpan<byte> bytes, string name) =>
        new PortableAnymapReader(bytes, name) { position = 2 }.ReadPicture(bytes[1] - '0');

    Tensor ReadPicture(int kind)
    {
        var raw = kind > 3;
        var bitmap = kind is 1 or 4;
        var channels = kind is 3 or 6 ? 3 : 1;
        var width = ReadNumber("a width", int.MaxValue);
        var height = ReadNumber("a height", int.MaxValue);
        ImageFile.CheckSize(width, height, name, "the header");
        var largest = bitmap ? 1 : ReadNumber("a largest level from 1 to 65535", 65535);
        if (largest == 0)
            throw Wrong("a largest level from 1 to 65535", "0");
        if (raw && !IsSpace(Next("one space or line end after the header")))
            throw Wrong("one space or line end after the header", "another character");

        var sampleBytes = raw && largest > 255 ? 2 : 1; // as text, a sample takes at least one character
        var needed = raw && bitmap ? (width + 7L) / 8 * height : (long)width * height * channels * sampleBytes;
        if (needed > bytes.Length - position)
            throw Wrong($"at least {needed} bytes of pixels for {width} x {height}", $"{bytes.Length - position}");

        var picture = new Tensor(height, width, 1);
        for (var y = 0; y < height; y++)
        {
            var row = picture.Row(y);
            for (var x = 0; x < width; x++)
            {
                if (bitmap) // 1 is black
                    row[x] = 1 - (raw ? (bytes[position + x / 8] >> (7 - x % 8)) & 1 : ReadBit());
                else if (channels == 1)
                {
                    var level = ReadSample(raw, largest);
                    row[x] = GreyLevel.Of(level, level, level, largest);
                }
                else
                    row[x] = GreyLevel.Of(ReadSample(raw, largest), ReadSample(raw, largest), ReadSample(raw, largest), largest);
            }
            if (raw && bitmap)
                position += (width + 7) / 8;
        }
        return picture;
    }

    int ReadSample(bool raw, int largest)
    {
        if (!raw)
            return ReadNumber($"a level from 0 to {largest}", largest);
        var level = largest > 255 ? BinaryPrimitives.ReadUInt16BigEndian(bytes[position..]) : bytes[position];
        if (level > largest)
            throw Wrong($"a level from 0 to {largest}", level.ToString(CultureInfo.InvariantCulture));
        position += largest > 255 ? 2 : 1;
        return level;
    }

    /// <summary>One pixel of a PBM as text: the digits may stand with or without spaces between them.</summary>
    int ReadBit()
    {
        SkipSpace();
        var digit = Next("a pixel 0 or 1");
        return digit is (byte)'0' or (byte)'1' ? digit - '0' : throw Wrong("a pixel 0 or 1", $"byte 0x{digit:X2}");
    }

    int ReadNumber(string expected, int most)
    {
        SkipSpace();
        long number = 0;
        var start = position;
        while (position < bytes.Length && char.IsAsciiDigit((char)bytes[position]))
        {
            number = number * 10 + bytes[position] - '0';
            if (number > most)
                throw Wrong(expected, $"more than {most}");
            position++;
        }
        if (position == start)
            throw Wrong(expected, position < bytes.Length ? $"byte 0x{bytes[position]:X2}" : "the end of the file");
        return (int)number;
    }

    /// <summary>Skips spaces, line ends, and comments from # to the end of the line.</summary>
    void SkipSpace()
    {
        while (position < bytes.Length && (IsSpace(bytes[position]) || bytes[position] == '#'))
        {
            if (bytes[position++] != '#')
                continue;
            while (position < bytes.Length && bytes[position] is not ((byte)'\n' or (byte)'\r'))
                position++;
        }
    }

    byte Next(string expected) => position < bytes.Length ? bytes[position++] : throw Wrong(expected, "the end of the file");

    static bool IsSpace(byte value) => value is (byte)' ' or (>= (byte)'\t' and <= (byte)'\r');

    readonly DataFormatException Wrong(string expected, string found) => new(name, $"byte {position}", expected, found, ImageFile.Damaged);
}
