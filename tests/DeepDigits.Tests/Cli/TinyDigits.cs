namespace DeepDigits.Tests.Cli;

/// <summary>
/// A small data set in MNIST's format that a network learns in a moment: each class is a bright bar at a height of its own, in some noise.
/// </summary>
static class TinyDigits
{
    public const int Train = 400, Test = 100, Side = 28;

    /// <summary>Writes the four files.</summary>
    /// <returns>The folder.</returns>
    public static string Write(TemporaryFolder folder, string name = "tiny")
    {
        var path = folder[name];
        Directory.CreateDirectory(path);
        WritePart(path, "train", Train, 1);
        WritePart(path, "t10k", Test, 2);
        return path;
    }

    static void WritePart(string path, string part, int count, int seed)
    {
        var random = new SeededRandom(seed);
        var (pixels, labels) = (new byte[count * Side * Side], new byte[count]);
        for (var i = 0; i < count; i++)
        {
            labels[i] = (byte)(i % 10);
            for (var pixel = 0; pixel < Side * Side; pixel++)
            {
                var isBar = pixel / Side / 2 - 2 == labels[i];
                pixels[i * Side * Side + pixel] = (byte)(80 * random.NextUniform() + (isBar ? 150 : 0));
            }
        }
        IdxFile.Write(Path.Combine(path, $"{part}-images-idx3-ubyte"), pixels, [count, Side, Side]);
        IdxFile.Write(Path.Combine(path, $"{part}-labels-idx1-ubyte"), labels, [count]);
    }
}
