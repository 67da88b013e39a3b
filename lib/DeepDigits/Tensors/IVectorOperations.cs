namespace DeepDigits;

/// <summary>What <see cref="GemmTile{TOperations, TVector}"/> needs of a vector width. Static, so that the compiler makes one copy of the loops for each width.</summary>
unsafe interface IVectorOperations<TVector>
{
    /// <summary>The floats of a vector.</summary>
    static abstract int Lanes { get; }

    /// <summary>The most rows of a tile one vector wide: as the registers allow.</summary>
    static abstract int MaxRowsOfOneVector { get; }

    /// <summary>The most rows of a tile two vectors wide: as the registers allow.</summary>
    static abstract int MaxRowsOfTwoVectors { get; }

    static abstract TVector Load(float* from);

    static abstract void Store(float* to, TVector value);

    static abstract TVector Broadcast(float* from);

    /// <summary>a * b + c, rounded once.</summary>
    static abstract TVector MultiplyAdd(TVector a, TVector b, TVector c);
}
