namespace DeepDigits;

/// <summary>A chart cannot be drawn from what it was given. The message names the chart, what was found, and what to do.</summary>
public sealed class ChartException(string message) : ArgumentException(message);
