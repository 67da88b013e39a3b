namespace DeepDigits;

/// <summary>Student's t distribution, for intervals from a few runs.</summary>
static class StudentT
{
    /// <summary>
    /// t such that a variable with so many degrees of freedom lies between -t and t with probability 95 %, to about 1e-4.
    /// </summary>
    /// <remarks>
    /// The first four are tabulated; from five on, the Cornish-Fisher expansion in 1 / degrees around the normal distribution's z =
    /// 1.959964 (Abramowitz and Stegun, Handbook of Mathematical Functions, 26.7.5).
    /// </remarks>
    public static double TwoSided95(int degrees)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(degrees, 1);
        ReadOnlySpan<double> first = [12.706205, 4.302653, 3.182446, 2.776445];
        if (degrees <= first.Length)
            return first[degrees - 1];
        const double z = 1.959963985;
        const double z2 = z * z;
        const double g1 = z * (z2 + 1) / 4;
        const double g2 = z * ((5 * z2 + 16) * z2 + 3) / 96;
        const double g3 = z * (((3 * z2 + 19) * z2 + 17) * z2 - 15) / 384;
        const double g4 = z * ((((79 * z2 + 776) * z2 + 1482) * z2 - 1920) * z2 - 945) / 92160;
        var u = 1.0 / degrees;
        return z + u * (g1 + u * (g2 + u * (g3 + u * g4)));
    }
}
