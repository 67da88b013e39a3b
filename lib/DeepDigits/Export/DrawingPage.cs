using System.Net;
using System.Text;

namespace DeepDigits;

/// <summary>A page on which one draws digits with a mouse, a finger or the keyboard, and a network reads them: one HTML file with everything in it, which needs no network and runs in any
/// browser.</summary>
/// <remarks>
/// <para>It brings the drawing to MNIST's form (see <see cref="DigitPreparation"/>), and shows the probabilities, what the first layer makes of the drawing, and which ink speaks for the most
/// likely class rather than for the runner-up. The script that computes the network is the one in Export/Page/network.js.</para>
/// <para>Weights are stored in 8 bits, or in 4 where 8 would make the page too large. What that costs in accuracy is measured when the page is made, and stands on it.</para>
/// </remarks>
[TypeFormatterSource(typeof(DrawingPageFormatterSource), PreferredMimeTypes = ["text/html"])]
public sealed class DrawingPage
{
    /// <summary>The most bytes of a page.</summary>
    public const int MostBytes = 1_000_000;

    /// <summary>What storing the weights in 4 bits may cost: half a point of accuracy.</summary>
    const double MostLoss = 0.005;

    internal const string Format = "HTML";

    DrawingPage(string html, int bits, double networkAccuracy, double pageAccuracy) =>
        (Html, Bits, NetworkAccuracy, PageAccuracy) = (html, bits, networkAccuracy, pageAccuracy);

    /// <summary>The whole page.</summary>
    public string Html { get; }

    /// <summary>How many bits a weight has on the page.</summary>
    public int Bits { get; }

    /// <summary>The accuracy of the network on the test images.</summary>
    public double NetworkAccuracy { get; }

    /// <summary>The accuracy with the page's weights, on the same images.</summary>
    public double PageAccuracy { get; }

    /// <summary>Makes a page for a network.</summary>
    /// <exception cref="ExportException">The network takes other images, puts out something else than classes, has a layer that is not one of the library's, has a number that is not finite, or
    /// is too large.</exception>
    internal static DrawingPage For(Sequential network, Dataset test, ModelCard card)
    {
        CheckShapes(network, test);
        var parts = new PageModel(network, test, card);
        var accuracy = network.Evaluate(test).Accuracy;
        var sizes = new List<string>();
        foreach (var bits in (int[])[8, 4])
        {
            var (json, quantized) = parts.In(bits);
            // The accuracy is in the text, and costs as many bytes whatever it is: so the size can be judged before it is measured.
            var html = Page(card, json, accuracy, accuracy);
            var size = Encoding.UTF8.GetByteCount(html);
            sizes.Add(FormattableString.Invariant($"{size:N0} bytes with weights of {bits} bits"));
            if (size > MostBytes)
                continue;
            var pageAccuracy = quantized.Evaluate(test).Accuracy;
            if (bits == 8 || accuracy - pageAccuracy <= MostLoss)
                return new DrawingPage(Page(card, json, accuracy, pageAccuracy), bits, accuracy, pageAccuracy);
            sizes[^1] += FormattableString.Invariant($", which read {100 * pageAccuracy:F2} % of the test images instead of {100 * accuracy:F2} %");
        }
        throw new ExportException(Format, "the size", FormattableString.Invariant($"a page has at most {MostBytes:N0} bytes, but this one would take {string.Join(", and ", sizes)}. ")
            + FormattableString.Invariant($"The network has {network.ParameterCount:N0} parameters."), "Export a smaller network, such as the experiment lenet with 62,000.");
    }

    /// <summary>Writes the page, which appears whole or not at all.</summary>
    public void Save(string path) => AtomicFile.WriteText(path, Html);

    /// <summary>Lets the frame be as high as the page in it, which sends a message whenever that changes.</summary>
    const string FollowHeight = """
        <script>
        addEventListener("message", event => {
            for (const frame of document.querySelectorAll("iframe.deepdigits-page"))
                if (frame.contentWindow === event.source && event.data?.drawingPageHeight > 0) frame.style.height = Math.min(event.data.drawingPageHeight, 4000) + "px";
        });
        </script>
        """;

    /// <summary>The page in a frame, for notebooks. Where no script may run around it, the frame is 1120 pixels high, and what is longer can be scrolled to.</summary>
    public string ToHtml() => $"{FollowHeight}<iframe class=\"deepdigits-page\" title=\"Draw a digit\" sandbox=\"allow-scripts\" style=\"width:100%;height:1120px;border:0;border-radius:12px\" "
        // In single quotes, because the page has few of them and many double ones: so the frame is hardly larger than the page.
        + $"srcdoc='{Html.Replace("&", "&amp;", StringComparison.Ordinal).Replace("'", "&#39;", StringComparison.Ordinal)}'></iframe>";

    static void CheckShapes(Sequential network, Dataset test)
    {
        network.Describe(); // refuses a network that is not built
        PageModel.Check(network);
        if (network.InputShape is not [28, 28, 1])
        {
            throw new ExportException(Format, "the input", $"the page draws images of shape [28, 28, 1], but the network takes {Tensor.Format(network.InputShape)}.",
                "Train a network for images of that shape.");
        }
        if (network.OutputShape.Length != 1)
        {
            throw new ExportException(Format, "the output", $"the page shows classes, but the network puts out {Tensor.Format(network.OutputShape)}.",
                "End the network with a Dense layer that has a unit for each class.");
        }
        if (network.ParameterCount == 0)
            throw new ExportException(Format, "the network", "it has nothing that it learns, so there is nothing to show.", "Add a Dense or Conv2D layer.");
        test.RequireLabels("A page that states its accuracy");
    }

    static string Page(ModelCard card, string model, double accuracy, double pageAccuracy)
    {
        var numbers = FormattableString.Invariant($"{{\"network\":{accuracy:F6},\"page\":{pageAccuracy:F6}}}");
        return Part("page.html")
            .Replace("{{title}}", WebUtility.HtmlEncode(card.Title).Replace("{", "&#123;", StringComparison.Ordinal), StringComparison.Ordinal)
            .Replace("{{style}}", Part("page.css"), StringComparison.Ordinal)
            .Replace("{{network.js}}", Part("network.js"), StringComparison.Ordinal)
            .Replace("{{drawing.js}}", Part("drawing.js"), StringComparison.Ordinal)
            .Replace("{{page.js}}", Part("page.js"), StringComparison.Ordinal)
            .Replace("{{accuracy}}", numbers, StringComparison.Ordinal)
            .Replace("{{model}}", model, StringComparison.Ordinal);
    }

    static string Part(string name)
    {
        using var stream = typeof(DrawingPage).Assembly.GetManifestResourceStream($"Page/{name}")!;
        return new StreamReader(stream).ReadToEnd().ReplaceLineEndings("\n").TrimEnd();
    }
}

/// <summary>Makes drawing pages of networks.</summary>
public static class DrawingPageExport
{
    /// <summary>Makes a page on which one draws digits that the network reads.</summary>
    /// <param name="network">A built network of the library's layers, for images of 28 x 28 pixels.</param>
    /// <param name="test">Images with labels, on which the accuracies that the page states are measured; some of them can be shown on it.</param>
    /// <param name="card">What else the page should say: title, classes, seed.</param>
    /// <exception cref="ExportException">The network takes other images, puts out something else than classes, has a layer that is not one of the library's, has a number that is not finite, or
    /// is too large for a page; the message names the size.</exception>
    /// <exception cref="InvalidOperationException">The network is not built.</exception>
    /// <exception cref="LabelException">The images have no labels, or other classes than the network.</exception>
    /// <exception cref="ArgumentException">The card names more or fewer classes than the network tells apart.</exception>
    public static DrawingPage ToDrawingPage(this Sequential network, Dataset test, ModelCard? card = null) => DrawingPage.For(network, test, card ?? new ModelCard());

    /// <summary>Writes such a page to a file, which appears whole or not at all: see <see cref="ToDrawingPage"/>, also for what is refused.</summary>
    /// <param name="network">A built network of the library's layers, for images of 28 x 28 pixels.</param>
    /// <param name="path">The file; one that is there is replaced.</param>
    /// <param name="test">Images with labels, on which the accuracies that the page states are measured.</param>
    /// <param name="card">What else the page should say: title, classes, seed.</param>
    /// <exception cref="ExportException">The network cannot be shown on a page.</exception>
    public static void SaveHtml(this Sequential network, string path, Dataset test, ModelCard? card = null) => network.ToDrawingPage(test, card).Save(path);
}

/// <summary>The formatter of drawing pages, for notebooks.</summary>
sealed class DrawingPageFormatterSource
{
    public System.Collections.IEnumerable CreateTypeFormatters() => new[] { new DrawingPageFormatter() };
}

/// <summary>Writes a drawing page as HTML.</summary>
sealed class DrawingPageFormatter
{
    public string MimeType => "text/html";

    public bool Format(object value, TextWriter writer)
    {
        if (value is not DrawingPage page)
            return false;
        writer.Write(page.ToHtml());
        return true;
    }
}
