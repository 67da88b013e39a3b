namespace DeepDigits;

/// <summary>The names of the random streams, so that no two uses of one seed draw the same numbers.</summary>
static class RandomStreams
{
    /// <summary>The first weights; followed by the layer's position.</summary>
    public const int Initialization = 1;

    /// <summary>The order of the examples; followed by the epoch.</summary>
    public const int Shuffling = 2;

    /// <summary>The examples that are held out.</summary>
    public const int HoldOut = 3;

    /// <summary>The parts of a cross-validation.</summary>
    public const int Folds = 4;
}
