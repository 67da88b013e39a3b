using System.Globalization;

namespace DeepDigits;

/// <summary>Ends a training when the validation loss has not improved for some epochs, and brings back the parameters of the best
/// epoch.</summary>
/// <remarks>L. Prechelt: Early Stopping, But When? (Neural Networks: Tricks of the Trade, 1998): the criterion UP with a
/// patience.</remarks>
public sealed record EarlyStopping
{
    /// <summary>A rule.</summary>
    /// <param name="patience">How many epochs in a row may bring no improvement before the training ends.</param>
    /// <exception cref="ArgumentOutOfRangeException">Fewer than one epoch.</exception>
    public EarlyStopping(int patience)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(patience, 1);
        Patience = patience;
    }

    /// <summary>How many epochs in a row may bring no improvement before the training ends.</summary>
    public int Patience { get; }

    internal string Description => string.Create(CultureInfo.InvariantCulture, $"patience {Patience}");
}
