namespace DeepDigits.Tests.Data;

public sealed class EncodingTests
{
    [Fact]
    public void One_hot_rows_have_a_single_one()
    {
        var encoded = OneHot.Encode([2, 0], 3);
        Assert.Equal([2, 3], encoded.Shape);
        Assert.Equal([0, 0, 1, 1, 0, 0], encoded.Values);
        Assert.Throws<LabelException>(() => OneHot.Encode([3], 3));
        Assert.Throws<ArgumentOutOfRangeException>(() => OneHot.Encode([], 0));
    }

    [Fact]
    public void A_pixel_is_divided_by_255_and_comes_back()
    {
        byte[] all = [.. Enumerable.Range(0, 256).Select(i => (byte)i)];
        var values = new float[256];
        Pixels.Normalize(all, values);
        for (var i = 0; i < 256; i++)
        {
            Assert.Equal(i / 255f, values[i]);
            Assert.Equal(i, Pixels.ToByte(values[i]));
        }
    }

    [Theory]
    [InlineData(0.5f)]
    [InlineData(-0.1f)]
    [InlineData(1.01f)]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void What_is_not_a_grey_level_does_not_become_a_byte(float value) => Assert.Throws<ArgumentException>(() => Pixels.ToByte(value));

    [Fact]
    public void Standardized_images_have_mean_0_and_deviation_1()
    {
        var training = new Dataset(Tensor.From([0, 1, 2, 5], 2, 2, 1, 1), [0, 1], 2);
        var standardization = Standardization.Of(training);
        Assert.Equal(2, standardization.Mean);
        Assert.Equal(MathF.Sqrt(3.5f), standardization.StandardDeviation);
        var standardized = standardization.Apply(training);
        Assert.Equal((byte[])[0, 1], standardized.Labels.ToArray());
        Assert.Equal([-2 / MathF.Sqrt(3.5f), -1 / MathF.Sqrt(3.5f), 0, 3 / MathF.Sqrt(3.5f)], standardized.Images.Values);
    }

    [Fact]
    public void A_view_is_standardized_without_the_rest()
    {
        var whole = new Dataset(Tensor.From([0, 1, 2, 5], 4, 1), [0, 1, 2, 3], 4);
        Assert.Equal(new Standardization(3, 2), Standardization.Of(whole.Subset([3, 1])));
        Assert.Equal([-1, 0], new Standardization(2, 2).Apply(whole.Subset([0, 2])).Images.Values);
    }

    [Fact]
    public void Images_without_contrast_cannot_be_standardized()
    {
        Assert.Throws<ArgumentException>(() => Standardization.Of(new Dataset(new Tensor(2, 2, 2, 1))));
        Assert.Throws<ArgumentException>(() => Standardization.Of(new Dataset(new Tensor(0, 2, 2, 1))));
    }
}
