namespace DeepDigits;

/// <summary>
/// What it takes to make a layer again: its kind and its settings, as plain data. Networks are stored, compared and listed by these.
/// </summary>
/// <param name="Kind">The kind of layer, for example "dense".</param>
/// <param name="Settings">The settings in a fixed order, for example ("units", 128) and ("initializer", "he normal").</param>
public sealed record LayerDescription(string Kind, params IReadOnlyList<(string Name, object Value)> Settings);
