namespace DeepDigits.Tests;

public sealed class PngWriterTests
{
    [Fact]
    public void What_is_written_is_read_again()
    {
        using var folder = new TemporaryFolder();
        var random = new SeededRandom(1);
        var picture = new Tensor(7, 300, 1);
        foreach (ref var level in picture.Values)
            level = random.NextInt(256) / 255f;

        PngWriter.Write(folder["new/picture.png"], picture);

        var read = ImageFile.Read(folder["new/picture.png"]);
        Assert.Equal(picture.Shape.ToArray(), read.Shape.ToArray());
        Assert.Equal(picture.Values.ToArray(), read.Values.ToArray());
    }

    [Fact]
    public void Levels_are_rounded_and_bounded()
    {
        var picture = Tensor.From([-1f, 0.49f / 255, 0.51f / 255, 2f, float.NaN, float.PositiveInfinity], 2, 3);
        Assert.Equal([0f, 0f, 1 / 255f, 1f, 0f, 1f], ImageFile.Read(PngWriter.ToBytes(picture), "memory").Values.ToArray());
    }

    [Fact]
    public void A_digit_of_the_data_set_has_a_picture() =>
        Assert.Equal([28, 28, 1], ImageFile.Read(PngWriter.ToBytes(new Tensor(1, 28, 28, 1)), "memory").Shape.ToArray());

    [Fact]
    public void Other_shapes_are_refused()
    {
        foreach (int[] shape in new int[][] { [], [3], [2, 3, 3], [2, 28, 28, 1], [0, 3], [3, 0, 1] })
            Assert.Throws<ShapeException>(() => PngWriter.ToBytes(new Tensor(shape)));
    }
}
