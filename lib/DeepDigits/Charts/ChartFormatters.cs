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
