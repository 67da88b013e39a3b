using System.Text;

namespace DeepDigits;

/// <summary>A chart for notebooks and pages. A notebook shows one that is the last value of a cell.</summary>
/// <remarks>
/// <para>Every chart is drawn as SVG by this library: crisp at any size, on light and on dark ground, without a script and without network, with
/// its values under the mouse. Where scripts may run and plotly.js can be loaded, that takes the place of the drawing: for zooming, and for
/// hiding series.</para>
/// <para>Numbers that are not finite are gaps. An output is at most <see cref="MostBytes"/> bytes, so that notebooks stay small: lines with many
/// points are thinned out in a way that cannot be seen.</para>
/// </remarks>
[TypeFormatterSource(typeof(ChartFormatterSource), PreferredMimeTypes = ["text/html"])]
public abstract partial class Chart
{
    /// <summary>The most bytes of an output.</summary>
    public const int MostBytes = 150_000;

    internal Chart(string title) => Title = title;

    /// <summary>What stands above the chart.</summary>
    public string Title { get; }

    /// <summary>The chart as HTML: the drawing, and a script that makes it live if it can.</summary>
    /// <exception cref="ChartException">The chart is too large.</exception>
    public string ToHtml()
    {
        var figure = Draw();
        var live = LiveChart.Html(figure);
        return Encoding.UTF8.GetByteCount(live) <= MostBytes ? live : CheckSize(LiveChart.StillHtml(figure));
    }

    /// <summary>The chart as an SVG file. It has a ground of its own: light, or dark if the reader's system prefers that.</summary>
    /// <exception cref="ChartException">The chart is too large.</exception>
    public string ToSvg() => CheckSize(SvgDrawing.Draw(Draw(), standsAlone: true));

    /// <summary>The chart in the JSON schema of plotly.js: data, layout and config.</summary>
    /// <exception cref="ChartException">The chart is too large.</exception>
    public string ToJson() => CheckSize(PlotlyJson.Write(Draw(), hasPictures: true));

    /// <summary>Writes the chart as a page that needs no network and no script. The file appears whole or not at all.</summary>
    /// <exception cref="ChartException">The chart is too large.</exception>
    public void SaveHtml(string path) => AtomicFile.WriteText(path, CheckSize(LiveChart.Page(Draw())));

    /// <summary>Writes the chart as an SVG file, which appears whole or not at all.</summary>
    /// <exception cref="ChartException">The chart is too large.</exception>
    public void SaveSvg(string path) => AtomicFile.WriteText(path, ToSvg());

    /// <summary>What is to be seen, in words.</summary>
    public override string ToString()
    {
        var figure = Draw();
        return ChartText.Clean($"{figure.Title}. {figure.Description}");
    }

    /// <summary>What to draw.</summary>
    internal abstract Figure Draw();

    string CheckSize(string output)
    {
        var size = Encoding.UTF8.GetByteCount(output);
        return size <= MostBytes
            ? output
            : throw new ChartException($"The chart \"{Title}\" takes {ChartText.Whole(size)} bytes, but an output has at most {ChartText.Whole(MostBytes)}. "
                + "Show fewer series, points, cells or images.");
    }
}
