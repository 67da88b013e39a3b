namespace DeepDigits.Jupyter;

/// <summary>Something shown, which can be shown anew in the same place.</summary>
public sealed class DisplayedValue
{
    readonly string[] mimeTypes;
    readonly string? contentType;

    DisplayedValue(string[] mimeTypes, string? contentType)
    {
        DisplayId = Guid.NewGuid().ToString("N");
        this.mimeTypes = mimeTypes;
        this.contentType = contentType;
    }

    /// <summary>Whether the calling code is part of a cell, so that what it shows is seen. Elsewhere it is written to the console.</summary>
    public static bool IsAvailable => CellRun.Ambient is not null;

    /// <summary>What front ends know it by.</summary>
    public string DisplayId { get; }

    /// <summary>Shows a new value in place of the old one, wherever that is to be seen.</summary>
    /// <param name="updatedValue">What to show now; a text if the old one was content of a MIME type is content of the same type.</param>
    public void Update(object? updatedValue)
    {
        MimeBundle bundle = contentType is not null && updatedValue is string content
            ? ValueFormatter.OfType(contentType, content)
            : ValueFormatter.Format(updatedValue, mimeTypes);
        if (CellRun.Ambient is { } run)
            run.Update(bundle, DisplayId);
        else
            Console.WriteLine(bundle.Text("text/plain"));
    }

    /// <summary>Shows a value; outside a notebook it is written to the console.</summary>
    internal static DisplayedValue Show(object? value, string[] mimeTypes) =>
        Show(ValueFormatter.Format(value, mimeTypes), new DisplayedValue(mimeTypes, contentType: null));

    /// <summary>Shows content of a MIME type.</summary>
    internal static DisplayedValue ShowAs(string content, string mimeType) =>
        Show(ValueFormatter.OfType(mimeType, content), new DisplayedValue([], mimeType));

    static DisplayedValue Show(MimeBundle bundle, DisplayedValue shown)
    {
        if (CellRun.Ambient is { } run)
            run.Display(bundle, shown.DisplayId);
        else
            Console.WriteLine(bundle.Text("text/plain"));
        return shown;
    }
}
