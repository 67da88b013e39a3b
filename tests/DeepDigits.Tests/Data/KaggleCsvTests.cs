using System.Text;
using FsCheck.Fluent;

namespace DeepDigits.Tests.Data;

public sealed class KaggleCsvTests
{
    [Fact]
    public void What_was_written_is_read()
    {
        using var folder = new TemporaryFolder();
        var cases = from data in Examples.Labels(atLeast: 1)
                    from side in Gen.Choose(1, 6)
                    from header in ArbMap.Default.GeneratorFor<bool>()
                    select (data, side, header);
        Properties.Hold(cases, c =>
        {
            var dataset = Examples.Labelled(c.data.Labels, c.data.ClassCount, c.side);
            KaggleCsv.Write(folder["labelled.csv"], dataset, c.header);
            var read = KaggleCsv.Read(folder["labelled.csv"], c.data.ClassCount);
            Assert.Equal(dataset.ToString(), read.ToString());
            Assert.Equal(dataset.Labels, read.Labels);
            Assert.Equal(dataset.Images.Values, read.Images.Values);

            var unlabelled = new Dataset(dataset.Images);
            KaggleCsv.Write(folder["unlabelled.csv"], unlabelled, c.header);
            read = KaggleCsv.Read(folder["unlabelled.csv"]);
            Assert.Equal(unlabelled.ToString(), read.ToString());
            Assert.Equal(unlabelled.Images.Values, read.Images.Values);
        });
        Assert.Equal(["labelled.csv", "unlabelled.csv"], folder.Files);
    }

    [Fact]
    public void The_tensors_have_the_same_bits_as_those_of_IDX()
    {
        using var folder = new TemporaryFolder();
        var test = Mnist.LoadDefault(null).Test;
        KaggleCsv.Write(folder["mnist_test.csv"], test, header: false);
        var read = KaggleCsv.Read(folder["mnist_test.csv"]);
        Assert.Equal(test.ToString(), read.ToString());
        Assert.True(test.Labels.SequenceEqual(read.Labels));
        Assert.True(test.Images.Values.SequenceEqual(read.Images.Values));
    }

    [Fact]
    public void The_header_is_that_of_the_Digit_Recognizer()
    {
        using var folder = new TemporaryFolder();
        var dataset = new Dataset(Tensor.From([0, 1, 51 / 255f, 1], 1, 2, 2, 1), [3], 10);
        KaggleCsv.Write(folder["train.csv"], dataset);
        Assert.Equal("label,pixel0,pixel1,pixel2,pixel3\n3,0,255,51,255\n", File.ReadAllText(folder["train.csv"]));
        KaggleCsv.Write(folder["test.csv"], new Dataset(dataset.Images));
        Assert.Equal("pixel0,pixel1,pixel2,pixel3\n0,255,51,255\n", File.ReadAllText(folder["test.csv"]));
    }

    [Theory]
    [InlineData("label,1x1,1x2,2x1,2x2\n3,0,255,0,51\n1,9,8,7,6\n")]
    [InlineData("label,pixel0,pixel1,pixel2,pixel3\r\n3,0,255,0,51\r\n1,9,8,7,6\r\n")]
    [InlineData("\"label\",\"pixel0\",\"pixel1\",\"pixel2\",\"pixel3\"\n3,0,255,0,51\n1,9,8,7,6")]
    [InlineData("3,0,255,0,51\n1,9,8,7,6")]
    [InlineData("3,0,255,0,51\r\n1,9,8,7,6")]
    [InlineData("\uFEFF3,0,255,0,51\n1,9,8,7,6\n\n")]
    [InlineData("\uFEFFLabel,a,b,c,d\r\n3,000,255,0,051\r\n\r\n1,9,8,7,6\r\n\r\n")]
    public void All_forms_with_labels_are_understood(string text)
    {
        var dataset = Read(text);
        Assert.Equal("2 examples of shape [2, 2, 1] in 4 classes", dataset.ToString());
        Assert.Equal((byte[])[3, 1], dataset.Labels.ToArray());
        Assert.Equal([0, 1, 0, 51 / 255f, 9 / 255f, 8 / 255f, 7 / 255f, 6 / 255f], dataset.Images.Values);
    }

    [Theory]
    [InlineData("pixel0,pixel1,pixel2,pixel3\n0,255,0,51\n9,8,7,6\n")]
    [InlineData("\uFEFFpixel0,pixel1,pixel2,pixel3\r\n0,255,0,51\r\n9,8,7,6")]
    [InlineData("0,255,0,51\n9,8,7,6")]
    public void All_forms_without_labels_are_understood(string text)
    {
        var dataset = Read(text);
        Assert.Equal("2 examples of shape [2, 2, 1] without labels", dataset.ToString());
        Assert.Equal([0, 1, 0, 51 / 255f, 9 / 255f, 8 / 255f, 7 / 255f, 6 / 255f], dataset.Images.Values);
    }

    [Theory]
    [InlineData("", "line 1: expected a line of numbers, found an empty file.")]
    [InlineData("\n\n", "line 1: expected a line of numbers, found an empty file.")]
    [InlineData("label,pixel0\n", "expected at least one image, found no lines after the names of the columns.")]
    [InlineData("1,2,3,4,300\n", "line 1, column 5: expected a whole number from 0 to 255, found \"300\".")]
    [InlineData("label,a,b,c,d\n1,2,3,4,5\n1,2,-3,4,5\n", "line 3, column 3: expected a whole number from 0 to 255, found \"-3\".")]
    [InlineData("1,2,3,4,5\n\n1,2,3,4,five\n", "line 3, column 5: expected a whole number from 0 to 255, found \"five\".")]
    [InlineData("1,2,3,4,5\r\n1,2,,4,5\r\n", "line 2, column 3: expected a whole number from 0 to 255, found nothing.")]
    [InlineData("1,2,3,4,5\n1,2,3.0,4,5\n", "line 2, column 3: expected a whole number from 0 to 255, found \"3.0\".")]
    [InlineData("1,2,3,4,5\n1,2, 3,4,5\n", "line 2, column 3: expected a whole number from 0 to 255, found \" 3\".")]
    [InlineData("1,2,3,4,5\n256,2,3,4,5\n", "line 2, column 1: expected a whole number from 0 to 255, found \"256\".")]
    [InlineData("1,2,3,4,5\n1,2,42949672970000000000000000000,4,5\n", "line 2, column 3: expected a whole number from 0 to 255, found \"42949672970000000000...\".")]
    [InlineData("1,2,3,4,5\n1,2,3,4\n", "line 2, column 4: expected 5 columns, as in the first line, found 4.")]
    [InlineData("1,2,3,4,5\n1,2,3,4,5,6\n", "line 2, column 5: expected 5 columns, as in the first line, found 6.")]
    [InlineData("label,1x1\n1,2,3\n", "line 2, column 2: expected 2 columns, as in the first line, found 3.")]
    [InlineData("1,2,3\n", "line 1, column 3: expected columns for the pixels of a square image, such as 784, or one more for the label, found 3 columns.")]
    [InlineData("label,a,b,c\n1,2,3,4\n", "line 1, column 4: expected columns for the pixels of a square image, such as 784, or one more for the label, found 4 columns.")]
    [InlineData("1,2,3,4,5\n1,2,\"3,4,5\n", "line 2: expected numbers separated by commas, found something else")]
    [InlineData("1,2,3,4,5\n1,2,\u00e9,4,5\n", "line 2, column 3: expected a whole number from 0 to 255, found \"\\xc3\\xa9\".")]
    public void A_wrong_line_is_named_with_line_and_column(string text, string message)
    {
        var error = Assert.Throws<DataFormatException>(() => Read(text));
        Assert.StartsWith("digits.csv, line ", error.Message, StringComparison.Ordinal);
        Assert.Contains(message, error.Message);
    }

    [Fact]
    public void A_line_without_an_end_takes_no_giant_memory()
    {
        var endless = Enumerable.Repeat((byte)'1', 40 << 20).ToArray();
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<DataFormatException>(() => KaggleCsv.Read(new MemoryStream(endless), "digits.csv"));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 8 << 20);
    }

    [Fact]
    public void What_is_not_a_grey_image_is_not_written()
    {
        using var folder = new TemporaryFolder();
        Assert.Throws<ShapeException>(() => KaggleCsv.Write(folder["x"], new Dataset(new Tensor(1, 2, 3, 1))));
        Assert.Throws<ShapeException>(() => KaggleCsv.Write(folder["x"], new Dataset(new Tensor(1, 2, 2, 3))));
        Assert.Throws<ShapeException>(() => KaggleCsv.Write(folder["x"], new Dataset(new Tensor(1, 4))));
        Assert.Throws<ArgumentException>(() => KaggleCsv.Write(folder["x"], new Dataset(Tensor.From([0.5f], 1, 1, 1, 1))));
        Assert.Empty(folder.Files);
    }

    [Fact]
    public void The_number_of_classes_may_be_given()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("digits.csv", "3,0\n1,0\n"u8);
        Assert.Equal(4, KaggleCsv.Read(path).ClassCount);
        Assert.Equal(10, KaggleCsv.Read(path, classCount: 10).ClassCount);
        Assert.Throws<LabelException>(() => KaggleCsv.Read(path, classCount: 3));
        Assert.Contains(folder["nothing"], Assert.Throws<DataMissingException>(() => KaggleCsv.Read(folder["nothing"])).Message);
    }

    static Dataset Read(string text) => KaggleCsv.Read(new MemoryStream(Encoding.UTF8.GetBytes(text)), "digits.csv");
}
