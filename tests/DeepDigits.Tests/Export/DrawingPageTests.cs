using System.Text;
using System.Text.RegularExpressions;

namespace DeepDigits.Tests.Export;

/// <summary>The page on which one draws. What it does in a browser is tried by clients/run.sh.</summary>
public sealed partial class DrawingPageTests
{
    [Fact]
    public void ThePageHoldsEverythingAndStatesItsAccuracy()
    {
        var network = new Sequential(new Flatten(), new Dense(12), new Relu(), new Dense(10));
        network.Build([28, 28, 1], seed: 1);
        network.Fit(RealDigits.Train.Take(5000), new TrainingOptions { Loss = new SoftmaxCrossEntropy(), Optimizer = new Adam(0.003f), BatchSize = 50, Epochs = 1, Seed = 1 });
        var test = RealDigits.Test.Take(1000);
        var page = network.ToDrawingPage(test, new ModelCard { Title = "<b>&</b> </script> {{model}}", Seed = 9 });
        Assert.Equal(8, page.Bits);
        Assert.Equal(network.Evaluate(test).Accuracy, page.NetworkAccuracy);
        Assert.InRange(page.PageAccuracy, page.NetworkAccuracy - 0.005, page.NetworkAccuracy + 0.005);
        Assert.Contains(FormattableString.Invariant($"{{\"network\":{page.NetworkAccuracy:F6},\"page\":{page.PageAccuracy:F6}}}"), page.Html, StringComparison.Ordinal);
        Assert.InRange(Encoding.UTF8.GetByteCount(page.Html), 20_000, DrawingPage.MostBytes);
        // Nothing is fetched from anywhere, and no text ends the script or fills another place.
        Assert.DoesNotContain("http:", page.Html, StringComparison.Ordinal);
        Assert.DoesNotContain("https:", page.Html, StringComparison.Ordinal);
        Assert.Equal(2, Regex.Count(page.Html, "</script>"));
        Assert.Contains("<title>Draw a digit - &lt;b&gt;&amp;&lt;/b&gt; &lt;/script&gt; &#123;&#123;model}}</title>", page.Html, StringComparison.Ordinal);
        Assert.Equal(1, Regex.Count(page.Html, "\"testImages\":1000"));
        // The frame is hardly larger than the page, and what a browser reads from its attribute is the page.
        var frame = page.ToHtml();
        Assert.Contains("</script><iframe class=\"deepdigits-page\" ", frame, StringComparison.Ordinal);
        Assert.InRange(frame.Length - page.Html.Length, 1, 1000);
        Assert.Equal(page.Html, System.Net.WebUtility.HtmlDecode(Regex.Match(frame, "srcdoc='([^']*)'").Groups[1].Value));

        using var folder = new TemporaryFolder();
        page.Save(folder["page.html"]);
        Assert.Equal(page.Html, File.ReadAllText(folder["page.html"]));
        Assert.Equal(["page.html"], folder.Files);
    }

    [Fact]
    public void WhatIsTooLargeForEightBitsGetsFourOrIsRefusedWithItsSize()
    {
        // Nothing but zeros, and the class 7 for everything: 4 bits lose nothing.
        var network = new Sequential(new Flatten(), new Dense(1000), new Dense(10));
        network.Build([28, 28, 1], seed: 1);
        foreach (var parameter in network.Parameters)
            parameter.Value.Values.Clear();
        network.Parameters[^1].Value[7] = 1;
        var test = RealDigits.Test.Take(200);
        var page = network.ToDrawingPage(test);
        Assert.Equal(4, page.Bits);
        Assert.Equal(page.NetworkAccuracy, page.PageAccuracy);
        Assert.InRange(Encoding.UTF8.GetByteCount(page.Html), 500_000, DrawingPage.MostBytes);

        var large = new Sequential(new Flatten(), new Dense(2000), new Dense(10));
        large.Build([28, 28, 1], seed: 1);
        var error = Assert.Throws<ExportException>(() => large.ToDrawingPage(test));
        Assert.Equal("the size", error.Part);
        Assert.Matches(TwoSizes(), error.Message);
        Assert.Contains("1,590,010 parameters", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ANormalizationBehindWeightsIsTakenIntoThem()
    {
        var network = new Sequential(new Conv2D(4, 3, Padding.Valid), new BatchNorm(0.9, 1e-3), new Relu(), new BatchNorm(0.9), new MaxPool2D(4), new Flatten(),
            new Dense(8), new BatchNorm(0.9), new Tanh(), new Dense(10));
        network.Build([28, 28, 1], seed: 1);
        ExampleNetworks.DrawBiases(network, seed: 1);
        var (json, quantized) = new PageModel(network, RealDigits.Test.Take(100), new ModelCard()).In(8);
        // Only the one that stands behind a relu is still there.
        Assert.Equal(["conv2d", "relu", "batchnorm", "maxpool2d", "dense", "tanh", "dense"], Kind().Matches(json).Select(match => match.Groups[1].Value));
        var images = ExampleNetworks.Images(network, 50);
        var (expected, computed) = (network.Forward(images, Pass.Inference), quantized.Forward(images, Pass.Inference));
        for (var i = 0; i < expected.Length; i++)
            Assert.Equal(expected.Values[i], computed.Values[i], 0.05);
    }

    [Fact]
    public void WeightsAreOffByHalfAStepAtMost()
    {
        var weight = new Tensor(31, 3);
        var random = new SeededRandom(1);
        for (var i = 0; i < weight.Length; i++)
            weight.Values[i] = (i % 3 == 2 ? 0 : i % 3 + 1) * (2 * (float)random.NextUniform() - 1);
        foreach (var bits in (int[])[8, 4])
        {
            var (numbers, scales) = PageWeights.Quantize(weight, bits);
            var read = new Tensor(31, 3);
            PageWeights.Dequantize(numbers, scales, read);
            for (var i = 0; i < weight.Length; i++)
                Assert.InRange(Math.Abs(read.Values[i] - weight.Values[i]), 0, 0.5001f * scales[i % 3]);
            var most = (1 << (bits - 1)) - 1;
            Assert.Equal(most, numbers.Max(number => Math.Abs((int)number)));
            var packed = PageWeights.Pack(numbers, bits);
            Assert.Equal(bits == 8 ? 93 : 47, packed.Length);
            for (var i = 0; i < numbers.Length; i++)
                Assert.Equal(numbers[i], (bits == 8 ? packed[i] : packed[i / 2] >> 4 * (i % 2) & 15) - most);
        }
    }

    [GeneratedRegex("\"kind\":\"([a-z0-9]+)\"")]
    private static partial Regex Kind();

    [GeneratedRegex("2,[0-9]{3},[0-9]{3} bytes with weights of 8 bits, and 1,[0-9]{3},[0-9]{3} bytes with weights of 4 bits")]
    private static partial Regex TwoSizes();
}
