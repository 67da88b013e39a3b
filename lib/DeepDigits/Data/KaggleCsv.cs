using System.Text;
using CsvHelper;

namespace DeepDigits;

/// <summary>
/// Images as text, one a line, in the two forms that Kaggle knows: "MNIST in CSV" and the "Digit Recognizer" competition's train.csv (the
/// label, then the pixels), and its test.csv (pixels only). A first line of names may be there or not.
/// </summary>
/// <remarks>
/// Labels and pixels are whole numbers from 0 to 255, separated by commas. Lines end with LF or CR LF, the last one also with the end of
/// the file; empty lines and a byte order mark are skipped. The images are square: a line has 1 + side * side columns with a label, side *
/// side without.
/// </remarks>
public static class KaggleCsv
{
    /// <summary>A line of 28 x 28 pixels has at most 3,140 bytes.</summary>
    const int LongestLine = 1 << 20;

    const uint NotANumber = 256;

    static readonly CsvReaderOptions options = new()
    {
        Separator = ',',
        HasHeader = false, // it may be there or not, and must not differ from a line of numbers in its number of columns
        AllowLineBreaksInQuotes = false,
        MalformedData = CsvMalformedDataHandling.Throw,
        MaxRecordSize = LongestLine,
        TrackLineNumbers = true,
        BufferSize = 1 << 18,
    };

    /// <summary>Reads a file. Its tensor has the same bits as one read from the IDX files: pixel / 255.</summary>
    /// <param name="path">The file.</param>
    /// <param name="classCount">The number of classes; null: the largest label + 1.</param>
    /// <returns>Images of shape [count, side, side, 1]; with labels if there is a column for them.</returns>
    /// <exception cref="DataMissingException">There is no such file.</exception>
    /// <exception cref="DataFormatException">A line is not as described above. The message names the line and the column.</exception>
    /// <exception cref="LabelException">A label is not below the given number of classes.</exception>
    public static Dataset Read(string path, int? classCount = null)
    {
        using var stream = InputFile.Open(path);
        return Read(stream, path, classCount);
    }

    /// <summary>
    /// Writes a data set in the form of the "Digit Recognizer" competition. The file appears whole or not at all; one of the same name is
    /// replaced.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="dataset">Square images with one channel and pixels k/255; labels are written if there are any.</param>
    /// <param name="header">Whether the first line names the columns: label, pixel0, pixel1 ...</param>
    /// <exception cref="ShapeException">The images are not square or have several channels.</exception>
    /// <exception cref="ArgumentException">A pixel is not k/255 with a whole number k from 0 to 255, for example because the images were
    /// standardized.</exception>
    public static void Write(string path, Dataset dataset, bool header = true)
    {
        if (dataset.ImageShape is not [var height, var width, 1] || height != width)
        {
            throw new ShapeException("Only square images with one channel, [side, side, 1], can be written as CSV, "
                + $"not {Tensor.Format(dataset.ImageShape)}.");
        }
        var columns = (dataset.HasLabels ? 1 : 0) + height * width;
        using var file = new AtomicFile(path);
        if (header)
        {
            var names = Enumerable.Range(0, height * width).Select(pixel => $"pixel{pixel}");
            file.Stream.Write(Encoding.ASCII.GetBytes(string.Join(',', dataset.HasLabels ? names.Prepend("label") : names) + "\n"));
        }
        var line = new byte[4 * columns];
        for (var i = 0; i < dataset.Count; i++)
        {
            var length = 0;
            if (dataset.HasLabels)
                length += Format(dataset.Labels[i], line);
            foreach (var pixel in dataset.Image(i))
                length += Format(Pixels.ToByte(pixel), line.AsSpan(length));
            line[length - 1] = (byte)'\n';
            file.Stream.Write(line, 0, length);
        }
        file.Commit();
    }

    /// <param name="stream">The content.</param>
    /// <param name="file">What it is called in messages.</param>
    /// <param name="classCount">The number of classes; null: the largest label + 1.</param>
    internal static Dataset Read(Stream stream, string file, int? classCount = null)
    {
        using var csv = CsvReader.Create(stream, options, leaveOpen: true);
        try
        {
            return Read(csv, file, classCount);
        }
        catch (CsvFormatException e)
        {
            throw new DataFormatException(file, $"line {e.LineNumber}", "numbers separated by commas",
                $"something else ({e.Message.TrimEnd('.')})", "Is it a CSV file of images?", e);
        }
    }

    static Dataset Read(CsvReader csv, string file, int? classCount)
    {
        if (!csv.Read())
            throw new DataFormatException(file, "line 1", "a line of numbers", "an empty file", "Get it again.");
        var columns = csv.FieldCount;
        var hasHeader = csv.GetSpan(0) is not [>= (byte)'0' and <= (byte)'9', ..];
        var hasLabels = !IsSquare(columns) || hasHeader && Ascii.EqualsIgnoreCase(csv.GetSpan(0), "label"u8);
        var imageLength = hasLabels ? columns - 1 : columns;
        if (imageLength == 0 || !IsSquare(imageLength))
        {
            throw Error(csv, file, columns, "columns for the pixels of a square image, such as 784, or one more for the label",
                $"{columns} columns", "Is it a CSV file of images?");
        }
        if (hasHeader && !csv.Read())
            throw Error(csv, file, 1, "at least one image", "no lines after the names of the columns", "Get it again.");

        var labels = new List<byte>();
        var pixels = new PixelStore(imageLength);
        var row = new byte[columns];
        do
        {
            ParseRow(csv, file, row);
            if (hasLabels)
                labels.Add(row[0]);
            pixels.Add(row.AsSpan(columns - imageLength));
        }
        while (csv.Read());
        var images = pixels.ToImages((int)Math.Sqrt(imageLength));
        return hasLabels ? new Dataset(images, labels.ToArray(), classCount ?? labels.Max() + 1) : new Dataset(images);
    }

    static bool IsSquare(int number) => (int)Math.Sqrt(number) * (int)Math.Sqrt(number) == number;

    /// <summary>One line: as many numbers from 0 to 255 as the row has places.</summary>
    static void ParseRow(CsvReader csv, string file, Span<byte> row)
    {
        if (csv.FieldCount != row.Length)
        {
            throw Error(csv, file, Math.Min(csv.FieldCount, row.Length), $"{row.Length} columns, as in the first line", $"{csv.FieldCount}",
                "The line is cut off or damaged: get the file again.");
        }
        for (var column = 0; column < row.Length; column++)
        {
            var field = csv.GetSpan(column);
            uint value = field.IsEmpty ? NotANumber : 0;
            foreach (var character in field)
                value = char.IsAsciiDigit((char)character) && value <= 255 ? 10 * value + (character - (uint)'0') : NotANumber;
            if (value > 255)
                throw Error(csv, file, column + 1, "a whole number from 0 to 255", Quote(field), "Is it a CSV file of images?");
            row[column] = (byte)value;
        }
    }

    static DataFormatException Error(CsvReader csv, string file, int column, string expected, string found, string advice) =>
        new(file, $"line {csv.LineNumber}, column {column}", expected, found, advice);

    static string Quote(ReadOnlySpan<byte> field)
    {
        const int shown = 20;
        if (field.IsEmpty)
            return "nothing";
        var text = new StringBuilder("\"");
        foreach (var character in field[..Math.Min(shown, field.Length)])
            text.Append(character is >= 32 and < 127 ? ((char)character).ToString() : $"\\x{character:x2}");
        return text.Append(field.Length > shown ? "...\"" : "\"").ToString();
    }

    /// <returns>The number of bytes of "k,".</returns>
    static int Format(byte number, Span<byte> line)
    {
        number.TryFormat(line, out var length);
        line[length] = (byte)',';
        return length + 1;
    }
}
