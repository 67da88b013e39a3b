using System.Globalization;

namespace DeepDigits;

/// <summary>Images in rows, each with a caption under it if it has one.</summary>
public sealed class ImageGrid : Chart
{
    const int MostImages = 200;
    const double Size = 56, Gap = 8, CaptionLine = 15, CaptionSize = 12, CaptionGap = 4;

    readonly Tensor images;
    readonly int height, width, columns;
    readonly IReadOnlyList<string> captions;
    readonly IReadOnlyList<bool> marked;
    readonly ImageColours colours;
    int enlargement = 1;

    /// <param name="title">What stands above.</param>
    /// <param name="images">[count, height, width] or [count, height, width, 1].</param>
    /// <param name="captions">One for each image, of one or more lines; or none.</param>
    /// <param name="columns">How many stand in a row.</param>
    /// <param name="colours">How numbers become colours.</param>
    /// <param name="marked">Which captions are in the colour of mistakes; or none.</param>
    internal ImageGrid(string title, Tensor images, IReadOnlyList<string> captions, int columns, ImageColours colours, IReadOnlyList<bool> marked)
        : base(title)
    {
        (height, width) = images.Shape switch
        {
            [_, var first, var second] => (first, second),
            [_, var first, var second, 1] => (first, second),
            _ => throw new ShapeException($"The images of \"{title}\" need the shape [count, height, width] or [count, height, width, 1], not {Tensor.Format(images.Shape)}."),
        };
        if (images.Rows is 0 or > MostImages || height == 0 || width == 0)
        {
            throw new ChartException($"\"{title}\" shows 1 to {MostImages} images of at least one pixel, but it was given {Tensor.Format(images.Shape)}. "
                + "Take fewer, for example with Dataset.Take.");
        }
        if (columns < 1)
            throw new ChartException($"\"{title}\" needs at least one column, not {columns}.");
        if (captions.Count > 0)
            Series.CheckCount(title, "captions", "images", images.Rows, "captions", captions.Count);
        (this.images, this.captions, this.columns, this.colours, this.marked) = (images.Clone(), captions, Math.Min(columns, images.Rows), colours, marked);
    }

    /// <summary>Draws every image so many times as large, to see single pixels.</summary>
    /// <exception cref="ChartException">It is not 1 to 8 times.</exception>
    public ImageGrid Enlarge(int times)
    {
        if (times is < 1 or > 8)
            throw new ChartException($"The images of \"{Title}\" can be drawn 1 to 8 times as large, not {times} times.");
        enlargement = times;
        return this;
    }

    internal override Figure Draw()
    {
        // Pixels of the image as squares of a whole number of pixels on the screen.
        var scale = Math.Max(1, Math.Round(Size * enlargement / Math.Max(height, width)));
        var (drawnWidth, drawnHeight) = (width * scale, height * scale);
        var lines = captions.Select(caption => caption.Split('\n')).ToArray();
        var captionWidth = lines.SelectMany(each => each).Select(line => ChartText.Width(ChartText.Clean(line), CaptionSize)).DefaultIfEmpty(0).Max();
        var (cellWidth, captionLines) = (Math.Max(drawnWidth, Math.Min(captionWidth + CaptionGap, 140)) + Gap, lines.Select(each => each.Length).DefaultIfEmpty(0).Max());
        var cellHeight = drawnHeight + captionLines * CaptionLine + Gap;
        var (least, greatest) = Range();
        List<FigurePicture> pictures = [];
        List<FigureText> texts = [];
        for (var i = 0; i < images.Rows; i++)
        {
            var (left, top) = (i % columns * cellWidth, i / columns * cellHeight);
            var middle = left + cellWidth / 2;
            var caption = captions.Count == 0 ? "" : ", " + string.Join(", ", lines[i]);
            pictures.Add(new FigurePicture(middle - drawnWidth / 2, top, drawnWidth, drawnHeight, Png(i, least, greatest), $"image {i.ToString(CultureInfo.InvariantCulture)}{caption}",
                HasFrame: colours == ImageColours.Signed));
            for (var line = 0; captions.Count > 0 && line < lines[i].Length; line++)
            {
                texts.Add(new FigureText(middle, top + drawnHeight + (line + 0.6) * CaptionLine, ChartText.Fit(ChartText.Clean(lines[i][line]), cellWidth, CaptionSize), CaptionSize,
                    marked.Count > i && marked[i] ? Palette.Wrong : Palette.Ink, marked.Count > i && marked[i]));
            }
        }
        var rows = (images.Rows + columns - 1) / columns;
        return new Figure
        {
            Title = Title,
            Note = colours == ImageColours.Grey ? "" : $"Colours from {ChartText.Number(least, false)} {(colours == ImageColours.Signed ? "(blue) over 0 (white)" : "(black)")} to {ChartText.Number(greatest, false)} {(colours == ImageColours.Signed ? "(orange)" : "(white)")}.",
            Description = $"{ChartText.Whole(images.Rows)} images of {height} by {width} pixels" + (captions.Count > 0 ? ": " + string.Join("; ", captions.Take(30).Select(caption => caption.Replace('\n', ' '))) : "") + ".",
            Panels = [FigurePanel.Drawing(columns * cellWidth, rows * cellHeight)],
            Pictures = pictures,
            Texts = texts,
        };
    }

    (double Least, double Greatest) Range()
    {
        var (least, greatest) = (double.PositiveInfinity, double.NegativeInfinity);
        foreach (var value in images.Values)
            if (float.IsFinite(value))
                (least, greatest) = (Math.Min(least, value), Math.Max(greatest, value));
        if (least > greatest)
            (least, greatest) = (0, 1);
        var magnitude = Math.Max(Math.Abs(least), Math.Abs(greatest));
        return colours switch { ImageColours.Grey => (0, 1), ImageColours.Stretched => (least, greatest), _ => (-magnitude, magnitude) };
    }

    byte[] Png(int image, double least, double greatest)
    {
        var pixels = images.Row(image);
        if (colours == ImageColours.Signed)
        {
            var shares = new double[pixels.Length];
            for (var i = 0; i < pixels.Length; i++)
                shares[i] = greatest > least ? (pixels[i] - least) / (greatest - least) : 0.5;
            return ColourScale.Diverging.ToPng(shares, height, width);
        }
        var grey = Tensor.Uninitialized(height, width);
        for (var i = 0; i < pixels.Length; i++)
            grey.Values[i] = greatest > least ? (float)((pixels[i] - least) / (greatest - least)) : 0;
        return PngWriter.ToBytes(grey);
    }
}
