namespace DeepDigits;

/// <summary>Names the formatters of a type, by the convention of .NET Interactive: notebooks look for an attribute of this simple name.</summary>
[AttributeUsage(AttributeTargets.Class)]
sealed class TypeFormatterSourceAttribute(Type formatterSourceType) : Attribute
{
    public Type FormatterSourceType { get; } = formatterSourceType;

    public string[] PreferredMimeTypes { get; set; } = [];
}

/// <summary>The formatters of charts.</summary>
sealed class ChartFormatterSource
{
    public System.Collections.IEnumerable CreateTypeFormatters() =>
        new[] { new ChartFormatter("text/html", chart => chart.ToHtml()), new ChartFormatter("image/svg+xml", chart => chart.ToSvg()) };
}

/// <summary>Writes a chart as one MIME type.</summary>
sealed class ChartFormatter(string mimeType, Func<Chart, string> write)
{
    public string MimeType { get; } = mimeType;

    public bool Format(object value, TextWriter writer)
    {
        if (value is not Chart chart)
            return false;
        writer.Write(write(chart));
        return true;
    }
}

/// <summary>The formatters of a view of a training.</summary>
sealed class ProgressFormatterSource
{
    public System.Collections.IEnumerable CreateTypeFormatters() => new[] { new ProgressFormatter() };
}

/// <summary>Writes a view of a training as HTML.</summary>
sealed class ProgressFormatter
{
    public string MimeType => "text/html";

    public bool Format(object value, TextWriter writer)
    {
        if (value is not ProgressView view)
            return false;
        writer.Write(view.ToHtml());
        return true;
    }
}
