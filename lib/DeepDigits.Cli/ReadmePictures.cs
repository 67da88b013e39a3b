using System.Text.RegularExpressions;
using DeepDigits.Jupyter;

namespace DeepDigits.Cli;

/// <summary>The pictures of the README: charts of the notebooks, as the last full run left them, in files of their own.</summary>
static partial class ReadmePictures
{
    /// <summary>Each picture: its file in notebooks/pictures, the notebook that draws it, and how its title begins there.</summary>
    static readonly (string File, string Notebook, string Title)[] all =
    [
        ("lenet.svg", "03-lenet-cnn", "LeNet"),
        ("kernels.svg", "03-lenet-cnn", "What four kernels see"),
        ("misread.svg", "03-lenet-cnn", "The surest mistakes"),
    ];

    /// <summary>The pictures as they should be: file names relative to the clone, and contents.</summary>
    /// <param name="top">The folder of the clone.</param>
    /// <exception cref="InvalidDataException">A notebook has no such chart among its outputs.</exception>
    public static IEnumerable<(string File, string Svg)> Draw(string top)
    {
        foreach (var (file, notebook, title) in all)
            yield return (Path.Combine("notebooks", "pictures", file), SvgDrawing.OnGround(Find(Path.Combine(top, "notebooks", notebook + ".ipynb"), title)) + "\n");
    }

    static string Find(string path, string title)
    {
        foreach (var cell in Notebook.Load(path).Cells)
        {
            foreach (var output in cell.Outputs)
            {
                if (MultilineText.Join(output["data"]?["text/html"]) is { } html && Svg().Match(html) is { Success: true } svg
                    && svg.Groups["title"].Value.StartsWith(title, StringComparison.Ordinal))
                    return svg.Value;
            }
        }
        throw new InvalidDataException($"{path} has no chart whose title begins with '{title}'. Run the notebook with `deepdigits run`, or name another chart in ReadmePictures.cs.");
    }

    /// <summary>A drawing with all drawings in it; the script of a live chart comes after it.</summary>
    [GeneratedRegex("<svg [^>]*><title>(?<title>[^<]*)</title>.*</svg>(?=</div>)", RegexOptions.Singleline)]
    private static partial Regex Svg();
}
