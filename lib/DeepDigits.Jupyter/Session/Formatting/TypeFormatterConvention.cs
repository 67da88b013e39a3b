using System.Collections;
using System.Reflection;

namespace DeepDigits.Jupyter;

/// <summary>The convention by which .NET Interactive lets a library format its types without referencing any front end.</summary>
/// <remarks>
/// The type, one of its base types or one of its interfaces carries an attribute whose simple name is <c>TypeFormatterSourceAttribute</c>, from any
/// namespace. Its <c>FormatterSourceType</c> has a public constructor without parameters and a method <c>CreateTypeFormatters()</c>, which gives
/// objects with a property <c>MimeType</c> and a method <c>bool Format(object, TextWriter)</c>. <c>PreferredMimeTypes</c> are shown if given.
/// </remarks>
static class TypeFormatterConvention
{
    /// <summary>The value in every MIME type for which there is a formatter; null if its type names none, or none of them applies.</summary>
    internal static Dictionary<string, string>? TryFormat(object value)
    {
        Type type = value.GetType();
        if (AttributeOf(type) is not { } attribute)
            return null;
        if (Get(attribute, "FormatterSourceType") is not Type sourceType || Activator.CreateInstance(sourceType) is not { } source
            || sourceType.GetMethod("CreateTypeFormatters", [])?.Invoke(source, BindingFlags.DoNotWrapExceptions, null, null, null) is not IEnumerable formatters)
            return null;
        string[] preferred = Get(attribute, "PreferredMimeTypes") is IEnumerable<string> types ? [.. types] : [];
        Dictionary<string, string> formatted = [];
        foreach (object? formatter in formatters)
        {
            if (formatter is null || Get(formatter, "MimeType") is not string mimeType || formatted.ContainsKey(mimeType)
                || (preferred.Length > 0 && !preferred.Contains(mimeType)))
                continue;
            MethodInfo? format = formatter.GetType().GetMethod("Format", BindingFlags.Public | BindingFlags.Instance);
            using StringWriter writer = new(System.Globalization.CultureInfo.InvariantCulture) { NewLine = "\n" };
            if (format?.Invoke(formatter, BindingFlags.DoNotWrapExceptions, null, [value, writer], null) is true)
                formatted[mimeType] = writer.ToString();
        }

        return formatted.Count > 0 ? formatted : null;
    }

    static Attribute? AttributeOf(Type type)
    {
        for (Type? each = type; each is not null; each = each.BaseType)
        {
            if (OwnAttribute(each) is { } attribute)
                return attribute;
        }

        return type.GetInterfaces().Select(OwnAttribute).FirstOrDefault(attribute => attribute is not null);
    }

    static Attribute? OwnAttribute(Type type) =>
        // Asked by name first, so that types without it cost no instances of other attributes.
        type.GetCustomAttributesData().Any(data => data.AttributeType.Name == "TypeFormatterSourceAttribute")
            ? type.GetCustomAttributes(inherit: false).OfType<Attribute>().First(each => each.GetType().Name == "TypeFormatterSourceAttribute")
            : null;

    static object? Get(object owner, string property) => owner.GetType().GetProperty(property)?.GetValue(owner);
}
