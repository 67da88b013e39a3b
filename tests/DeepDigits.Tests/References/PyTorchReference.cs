namespace DeepDigits.Tests;

/// <summary>What PyTorch computed: see make-references.py.</summary>
static class PyTorchReference
{
    static readonly SafeTensorsFile file = SafeTensors.Read(ReferenceFiles.PathOf("reference.safetensors"));

    /// <summary>A copy of a tensor.</summary>
    public static Tensor Tensor(string name) => file[name].Clone();

    /// <summary>A copy of a tensor that holds labels.</summary>
    public static byte[] Labels(string name) => [.. file[name].Values.ToArray().Select(label => (byte)label)];

    /// <summary>Compares a result of 32-bit arithmetic with PyTorch's of 64 bits.</summary>
    /// <param name="name">The tensor to compare with.</param>
    /// <param name="actual">Our result.</param>
    /// <param name="tolerance">The largest difference, as a share of the largest number of the reference.</param>
    public static void AssertClose(string name, Tensor actual, double tolerance)
    {
        var expected = file[name];
        Assert.Equal(expected.Shape.ToArray(), actual.Shape.ToArray());
        double largest = 0;
        foreach (var value in expected.Values)
            largest = Math.Max(largest, Math.Abs(value));
        for (var i = 0; i < expected.Length; i++)
        {
            if (!(Math.Abs(expected.Values[i] - actual.Values[i]) <= tolerance * largest))
                Assert.Fail($"{name}, element {i}: expected {expected.Values[i]:G9}, found {actual.Values[i]:G9}; tolerance {tolerance * largest:G3}.");
        }
    }

    /// <summary>Compares the losses of the steps of a training.</summary>
    public static void AssertLosses(string name, IReadOnlyList<double> actual, double tolerance)
    {
        var expected = file[name].Values.ToArray();
        Assert.Equal(expected.Length, actual.Count);
        for (var i = 0; i < expected.Length; i++)
        {
            if (!(Math.Abs(expected[i] - actual[i]) <= tolerance * expected[i]))
                Assert.Fail($"{name}, step {i + 1}: expected a loss of {expected[i]:G9}, found {actual[i]:G9}.");
        }
    }
}
