namespace DeepDigits;

/// <summary>A heat map with many cells as a picture with one pixel for each.</summary>
static class HeatMapPicture
{
    /// <summary>The bytes of a PNG file; what is not a finite number is grey.</summary>
    public static byte[] Of(HeatMapTrace map)
    {
        var (rows, columns) = (map.Z.GetLength(0), map.Z.GetLength(1));
        var shares = new double[rows * columns];
        for (var i = 0; i < shares.Length; i++)
            shares[i] = map.Z[i / columns, i % columns] is var value && double.IsFinite(value) ? map.Share(value) : double.NaN;
        return map.Scale.ToPng(shares, rows, columns);
    }
}
