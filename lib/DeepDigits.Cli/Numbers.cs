using System.Globalization;

namespace DeepDigits.Cli;

/// <summary>Numbers as people read them, the same in every country.</summary>
static class Numbers
{
    /// <summary>A share of 1 as "97.83 %".</summary>
    public static string Percent(double share, int digits = 2) =>
        double.IsNaN(share) ? "-" : (100 * share).ToString("F" + digits, CultureInfo.InvariantCulture) + " %";

    /// <summary>A whole number as "60,000".</summary>
    public static string Whole(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>A duration as "4.2 s", "1 min 20 s" or "2 h 5 min".</summary>
    public static string Duration(double seconds) => seconds switch
    {
        < 59.95 => string.Create(CultureInfo.InvariantCulture, $"{seconds:F1} s"),
        < 3600 - 0.5 => string.Create(CultureInfo.InvariantCulture, $"{(int)(seconds + 0.5) / 60} min {(int)(seconds + 0.5) % 60} s"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{(long)(seconds / 60 + 0.5) / 60} h {(long)(seconds / 60 + 0.5) % 60} min"),
    };

    /// <summary>"1 epoch", "2 epochs".</summary>
    public static string Count(long number, string what) => $"{Whole(number)} {what}{(number == 1 ? "" : "s")}";
}
