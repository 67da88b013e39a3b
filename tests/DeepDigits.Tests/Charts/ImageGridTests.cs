using System.Globalization;
using System.Text.RegularExpressions;

namespace DeepDigits.Tests.Charts;

public sealed partial class ImageGridTests
{
    [Theory]
    [InlineData(1, 56)]
    [InlineData(3, 168)]
    public void EnlargeDrawsEveryImageSoManyTimesAsLarge(int times, double size)
    {
        var svg = Chart.Images("Two", new Tensor(2, 28, 28)).Enlarge(times).ToSvg();
        var widths = ImageWidth().Matches(svg).Select(match => double.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture));
        Assert.Equal([size, size], widths);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(9)]
    public void EnlargeNamesTheChartAndTheRangeWhenItIsOutside(int times)
    {
        var error = Assert.Throws<ChartException>(() => Chart.Images("Two", new Tensor(2, 28, 28)).Enlarge(times));
        Assert.Contains("\"Two\"", error.Message);
        Assert.Contains("1 to 8", error.Message);
    }

    [GeneratedRegex("<image [^>]*width=\"([0-9.]+)\"")]
    private static partial Regex ImageWidth();
}
