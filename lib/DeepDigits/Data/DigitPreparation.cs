namespace DeepDigits;

/// <summary>
/// Makes of a picture of one handwritten digit what MNIST's authors made of theirs: 28 x 28 grey levels, light ink on black, centred.
/// </summary>
/// <remarks>
/// <para>As the authors describe it (Y. LeCun, C. Cortes, C. Burges: The MNIST Database of Handwritten Digits; Y. LeCun, L. Bottou, Y.
/// Bengio, P. Haffner: Gradient-Based Learning Applied to Document Recognition, Proc. IEEE 86, 1998, section III.A): the digits "were size
/// normalized to fit in a 20x20 pixel box while preserving their aspect ratio", grey levels come from the averaging of the scaling, and
/// "the images were centered in a 28x28 image by computing the center of mass of the pixels, and translating the image so as to position
/// this point at the center of the 28x28 field".</para>
/// <para>The steps:</para>
/// <list type="number">
/// <item>Paper: the median of the outermost pixels. Ink is what differs from it, in the direction, darker or lighter, that differs more (in
/// squares).</item>
/// <item>Noise: twice what 95 % of the outermost pixels stay below counts as no ink, and is subtracted. So do specks: connected spots with
/// less than 1 % of the ink of the largest one.</item>
/// <item>Crop to the ink, scale the longer side to 20 pixels, each the average of the area it covers, and stretch so that the strongest
/// pixel is 1.</item>
/// <item>Move by whole pixels so that the centre of mass comes to lie in pixel (14, 14), or as near as the field allows.</item>
/// </list>
/// <para>A picture that is like MNIST already goes through all steps almost unchanged: 97.9 % of MNIST's own 60,000 training digits come
/// out pixel for pixel, only stretched from their largest level (mostly 254 or 255 of 255) to 1. The others have ink at the border, or
/// specks of dust.</para>
/// </remarks>
public static class DigitPreparation
{
    const int FieldSize = 28, BoxSize = 20, Centre = FieldSize / 2;

    /// <summary>Ink weaker than this is no ink: 2 of 255 levels.</summary>
    const float WeakestInk = 2f / 255;

    const double SpeckShare = 0.01;

    /// <summary>Reads a picture file and prepares the digit that it shows.</summary>
    /// <param name="path">A picture file that <see cref="ImageFile"/> reads.</param>
    /// <returns>A tensor [1, 28, 28, 1] from 0 (background) to 1 (ink).</returns>
    /// <exception cref="DataFormatException">The file is damaged, too large, or in another format.</exception>
    /// <exception cref="DigitNotFoundException">Nothing in the picture stands out from its border.</exception>
    public static Tensor ReadDigit(string path)
    {
        var picture = ImageFile.Read(path);
        try
        {
            return Prepare(picture);
        }
        catch (DigitNotFoundException error)
        {
            throw new DigitNotFoundException($"{path}: {error.Message}");
        }
    }

    /// <summary>Prepares the digit that a picture shows.</summary>
    /// <param name="picture">Grey levels [height, width] or [height, width, 1]; dark ink on light paper or light ink on a dark
    /// ground.</param>
    /// <returns>A tensor [1, 28, 28, 1] from 0 (background) to 1 (ink).</returns>
    /// <exception cref="ShapeException">The picture has another shape.</exception>
    /// <exception cref="ArgumentException">A level is not a number.</exception>
    /// <exception cref="DigitNotFoundException">Nothing in the picture stands out from its border.</exception>
    public static Tensor Prepare(Tensor picture)
    {
        if (picture.Rank is not (2 or 3) || picture.Length == 0 || (picture.Rank == 3 && picture.Shape[2] != 1))
        {
            throw new ShapeException("A picture of a digit needs the shape [height, width] or [height, width, 1], "
                + $"not {Tensor.Format(picture.Shape)}.");
        }
        foreach (var level in picture.Values)
        {
            if (!float.IsFinite(level))
                throw new ArgumentException($"A picture's grey levels are numbers from 0 to 1; found {level}.", nameof(picture));
        }
        var (height, width) = (picture.Shape[0], picture.Shape[1]);
        var ink = FindInk(picture.Values, height, width);
        RemoveSpecks(ink, height, width);
        var (digit, digitHeight, digitWidth) = ScaleToBox(ink, width, InkedPart(ink, height, width));
        return Place(digit, digitHeight, digitWidth);
    }

    /// <summary>How far each pixel stands out from the paper, above the noise.</summary>
    static float[] FindInk(ReadOnlySpan<float> levels, int height, int width)
    {
        var border = new List<float>(2 * (height + width));
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x += y == 0 || y == height - 1 ? 1 : Math.Max(1, width - 1))
                border.Add(levels[y * width + x]);
        }
        border.Sort();
        var paper = border[border.Count / 2];

        double darker = 0, lighter = 0;
        foreach (var level in levels)
        {
            double difference = level - paper;
            if (difference < 0)
                darker += difference * difference;
            else
                lighter += difference * difference;
        }
        var direction = darker > lighter ? -1 : 1;
        var differences = border.Select(level => Math.Abs(level - paper)).Order().ToList();
        var variation = differences[(differences.Count - 1) * 95 / 100];
        var noise = 2 * variation;

        var ink = new float[levels.Length];
        var strongest = 0f;
        for (var i = 0; i < ink.Length; i++)
        {
            ink[i] = Math.Max(0, direction * (levels[i] - paper) - noise);
            strongest = Math.Max(strongest, ink[i]);
        }
        if (strongest < WeakestInk)
        {
            throw new DigitNotFoundException(FormattableString.Invariant($"No digit found in a picture of {width} x {height} pixels: ")
                + FormattableString.Invariant($"nothing stands out from the border, whose level is {paper:F2} and varies by {variation:F2}; ink must differ by more than twice that. ")
                + "Leave some empty paper around the digit, and light it evenly.");
        }
        return ink;
    }

    /// <summary>Takes away the connected spots (also over corners) that have little ink: dust, and the strays of noise.</summary>
    static void RemoveSpecks(float[] ink, int height, int width)
    {
        var spotOf = new int[ink.Length]; // 0: not seen yet
        var inkOfSpot = new List<double> { 0 };
        var open = new Stack<int>();
        for (var start = 0; start < ink.Length; start++)
        {
            if (ink[start] == 0 || spotOf[start] != 0)
                continue;
            var spot = inkOfSpot.Count;
            inkOfSpot.Add(0);
            spotOf[start] = spot;
            open.Push(start);
            while (open.TryPop(out var pixel))
            {
                inkOfSpot[spot] += ink[pixel];
                var (row, column) = (pixel / width, pixel % width);
                for (var y = Math.Max(0, row - 1); y <= Math.Min(height - 1, row + 1); y++)
                {
                    for (var x = Math.Max(0, column - 1); x <= Math.Min(width - 1, column + 1); x++)
                    {
                        var neighbour = y * width + x;
                        if (ink[neighbour] == 0 || spotOf[neighbour] != 0)
                            continue;
                        spotOf[neighbour] = spot;
                        open.Push(neighbour);
                    }
                }
            }
        }
        var least = SpeckShare * inkOfSpot.Max();
        for (var i = 0; i < ink.Length; i++)
        {
            if (inkOfSpot[spotOf[i]] < least)
                ink[i] = 0;
        }
    }

    /// <summary>The smallest rectangle that holds all ink.</summary>
    static (int Top, int Left, int Height, int Width) InkedPart(float[] ink, int height, int width)
    {
        var (top, bottom, left, right) = (height, -1, width, -1);
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
            {
                if (ink[y * width + x] > 0)
                    (top, bottom, left, right) = (Math.Min(top, y), y, Math.Min(left, x), Math.Max(right, x));
            }
        }
        return (top, left, bottom - top + 1, right - left + 1);
    }

    /// <summary>Scales a part so that its longer side is 20 pixels and its strongest pixel is 1.</summary>
    static (double[] Digit, int Height, int Width) ScaleToBox(float[] ink, int width, (int Top, int Left, int Height, int Width) part)
    {
        // Whole numbers, rounded half up: so every machine finds the same size.
        var longer = Math.Max(part.Height, part.Width);
        var digitHeight = (int)Math.Max(1, (2L * BoxSize * part.Height + longer) / (2L * longer));
        var digitWidth = (int)Math.Max(1, (2L * BoxSize * part.Width + longer) / (2L * longer));

        // Area averaging is separable: first along the rows, then along the columns.
        var narrow = new double[part.Height * digitWidth];
        for (var y = 0; y < part.Height; y++)
        {
            var row = Array.ConvertAll(ink.AsSpan((part.Top + y) * width + part.Left, part.Width).ToArray(), level => (double)level);
            Average(row, new Line(0, 1, part.Width), narrow, new Line(y * digitWidth, 1, digitWidth));
        }
        var digit = new double[digitHeight * digitWidth];
        for (var x = 0; x < digitWidth; x++)
            Average(narrow, new Line(x, digitWidth, part.Height), digit, new Line(x, digitWidth, digitHeight));

        var strongest = digit.Max();
        for (var i = 0; i < digit.Length; i++)
            digit[i] /= strongest;
        return (digit, digitHeight, digitWidth);
    }

    /// <summary>
    /// Scales a line of numbers: each of the new ones is the average of the stretch of old ones that it covers, parts of them included.
    /// </summary>
    static void Average(double[] source, Line old, double[] target, Line scaled)
    {
        for (var i = 0; i < scaled.Count; i++)
        {
            // In units of 1 / scaled.Count of an old number, so that all borders are whole.
            long from = (long)i * old.Count, to = from + old.Count;
            double sum = 0;
            for (var j = from / scaled.Count; j * scaled.Count < to; j++)
            {
                var covered = Math.Min(to, (j + 1) * scaled.Count) - Math.Max(from, j * scaled.Count);
                sum += covered * source[old.Start + (int)j * old.Step];
            }
            target[scaled.Start + i * scaled.Step] = sum / old.Count;
        }
    }

    /// <summary>Puts the digit into the field, its centre of mass at the field's centre.</summary>
    static Tensor Place(double[] digit, int height, int width)
    {
        double mass = 0, massY = 0, massX = 0;
        for (var i = 0; i < digit.Length; i++)
            (mass, massY, massX) = (mass + digit[i], massY + digit[i] * (i / width), massX + digit[i] * (i % width));
        var top = Math.Clamp(Centre - (int)Math.Round(massY / mass), 0, FieldSize - height);
        var left = Math.Clamp(Centre - (int)Math.Round(massX / mass), 0, FieldSize - width);
        var field = new Tensor(1, FieldSize, FieldSize, 1);
        for (var i = 0; i < digit.Length; i++)
            field.Values[(top + i / width) * FieldSize + left + i % width] = (float)digit[i];
        return field;
    }

    /// <summary>Numbers at equal distances in an array: a row or a column of a picture.</summary>
    readonly record struct Line(int Start, int Step, int Count);
}
