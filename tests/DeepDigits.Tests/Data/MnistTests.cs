using System.Security.Cryptography;

namespace DeepDigits.Tests.Data;

public sealed class MnistTests
{
    static readonly byte[] trainImages = Examples.ImageFile(5, 3, seed: 1), testImages = Examples.ImageFile(2, 3, seed: 2);
    static readonly byte[] trainLabels = Examples.LabelFile(0, 1, 2, 1, 0), testLabels = Examples.LabelFile(3, 1);

    [Fact]
    public void The_built_in_data_set_is_found_and_is_the_published_one()
    {
        var (train, test) = Mnist.LoadDefault(null);
        Assert.Equal("60000 examples of shape [28, 28, 1] in 10 classes", train.ToString());
        Assert.Equal("10000 examples of shape [28, 28, 1] in 10 classes", test.ToString());
        Assert.Equal((byte[])[5, 0, 4, 1, 9], train.Labels[..5].ToArray());
        Assert.Equal((byte[])[7, 2, 1, 0, 4], test.Labels[..5].ToArray());
        // The mean and the deviation that every MNIST example of PyTorch quotes.
        var (mean, deviation) = Standardization.Of(train);
        Assert.Equal(0.1307f, mean, 0.00005f);
        Assert.Equal(0.3081f, deviation, 0.00005f);
        Assert.All(Mnist.Verify(MnistFiles.FindBuiltIn()), file => Assert.Null(file.Error));
    }

    [Fact]
    public void The_sums_beside_the_files_are_those_that_the_library_checks()
    {
        var sums = File.ReadAllLines(Path.Combine(MnistFiles.FindBuiltIn(), "SHA256SUMS"));
        Assert.Equal(Mnist.PublishedFiles.Select(f => $"{f.Hash}  {f.Name}"), sums);
    }

    public static TheoryData<string, string, string, string> Names => new()
    {
        { "train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte" },
        { "train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz", "t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte" },
        { "train-images.idx3-ubyte", "train-labels.idx1-ubyte", "t10k-images.idx3-ubyte.gz", "t10k-labels.idx1-ubyte" },
        {
            "emnist-digits-train-images-idx3-ubyte", "emnist-digits-train-labels-idx1-ubyte",
            "emnist-digits-test-images-idx3-ubyte", "emnist-digits-test-labels-idx1-ubyte"
        },
        {
            "qmnist-train-images-idx3-ubyte.gz", "qmnist-train-labels-idx2-int.gz",
            "qmnist-test-images-idx3-ubyte.gz", "qmnist-test-labels-idx2-int.gz"
        },
    };

    [Theory]
    [MemberData(nameof(Names))]
    public void Other_data_sets_are_found_under_their_usual_names(
        string trainImagesName, string trainLabelsName, string testImagesName, string testLabelsName)
    {
        using var folder = new TemporaryFolder();
        byte[] Packed(string name, byte[] content) => name.EndsWith(".gz", StringComparison.Ordinal) ? Examples.Gzip(content) : content;
        folder.Write(trainImagesName, Packed(trainImagesName, trainImages));
        folder.Write(trainLabelsName, Packed(trainLabelsName, trainLabels));
        folder.Write(testImagesName, Packed(testImagesName, testImages));
        folder.Write(testLabelsName, Packed(testLabelsName, testLabels));
        folder.Write("readme.txt", []);
        AssertLoads(Mnist.Load(folder.Path));
        AssertLoads(Mnist.LoadDefault(folder.Path));
    }

    [Fact]
    public void Gzip_is_recognized_by_content()
    {
        using var folder = Folder();
        folder.Write("train-images-idx3-ubyte", Examples.Gzip(trainImages));
        AssertLoads(Mnist.Load(folder.Path));
    }

    [Fact]
    public void Of_several_data_sets_in_a_folder_one_must_be_named()
    {
        using var folder = Folder();
        foreach (var name in folder.Files)
            File.Copy(folder[name], folder["emnist-letters-" + name]);
        var error = Assert.Throws<DataMissingException>(() => Mnist.Load(folder.Path));
        Assert.Contains("has the files of 2 data sets: (no prefix), emnist-letters.", error.Message);
        AssertLoads(Mnist.Load(folder.Path, "emnist-letters"));
        AssertLoads(Mnist.Load(folder.Path, ""));
        error = Assert.Throws<DataMissingException>(() => Mnist.Load(folder.Path, "kuzushiji"));
        Assert.Contains("no file kuzushiji-train-images-idx3-ubyte", error.Message);
    }

    [Fact]
    public void A_missing_file_is_named_with_the_way_to_get_it()
    {
        using var folder = Folder();
        File.Delete(folder["t10k-labels-idx1-ubyte"]);
        var error = Assert.Throws<DataMissingException>(() => Mnist.Load(folder.Path));
        Assert.Contains($"{folder.Path} has no file t10k-labels-idx1-ubyte (or t10k-labels-idx1-ubyte.gz). "
            + "It has: t10k-images-idx3-ubyte, train-images-idx3-ubyte, train-labels-idx1-ubyte. Download the files with: deepdigits data download", error.Message);
        Assert.Contains("There is no folder", Assert.Throws<DataMissingException>(() => Mnist.Load(folder["nowhere"])).Message);
    }

    [Fact]
    public void The_built_in_folder_is_searched_upwards_from_several_places()
    {
        using var folder = new TemporaryFolder();
        var package = Path.Combine(folder.Path, "packages", "deepdigits", "1.0.0");
        var library = Path.Combine(package, "lib", "net10.0");
        var elsewhere = Path.Combine(folder.Path, "elsewhere");
        Directory.CreateDirectory(library);
        Directory.CreateDirectory(Path.Combine(elsewhere, "data", "mnist")); // without the files: passed over
        // The folder of this test is below no data/mnist of its own, unless the machine has one above the temporary folder.
        var error = Assert.Throws<DataMissingException>(() => MnistFiles.FindBuiltIn([elsewhere, "", library]));
        Assert.Contains($"in these folders and in all above them: {elsewhere}, {library}. Download the files with: deepdigits data download", error.Message);
        Assert.Contains("DEEPDIGITS_DATA", error.Message);
        folder.Write(Path.Combine("packages", "deepdigits", "1.0.0", "data", "mnist", "train-images-idx3-ubyte.gz"), []);
        Assert.Equal(Path.Combine(package, "data", "mnist"), MnistFiles.FindBuiltIn([elsewhere, "", library]));
    }

    [Fact]
    public void Files_that_do_not_belong_together_are_refused()
    {
        using var folder = Folder();
        folder.Write("train-labels-idx1-ubyte", testLabels);
        Assert.Contains($"expected 5 labels, one for each image of {folder["train-images-idx3-ubyte"]}, found 2.",
            Assert.Throws<DataFormatException>(() => Mnist.Load(folder.Path)).Message);
        folder.Write("train-labels-idx1-ubyte", trainLabels);
        folder.Write("t10k-images-idx3-ubyte", Examples.ImageFile(2, 4));
        Assert.Contains("found [4, 4, 1]", Assert.Throws<DataFormatException>(() => Mnist.Load(folder.Path)).Message);
    }

    [Fact]
    public void A_file_that_is_not_the_published_one_is_refused_when_that_is_checked()
    {
        using var folder = Folder();
        var error = Assert.Throws<HashMismatchException>(() => Mnist.Load(MnistFiles.Find(folder.Path, null), verify: true));
        Assert.Contains(Convert.ToHexStringLower(SHA256.HashData(trainImages)), error.Message);
        Assert.Equal(Mnist.PublishedFiles[0].Hash, error.Expected);
        folder.Write("t10k-labels-idx1-ubyte", testLabels[..^1]);
        Assert.All(Mnist.Verify(folder.Path), file => Assert.IsType<HashMismatchException>(file.Error));
        folder.Write("t10k-labels-idx1-ubyte", Examples.Gzip(testLabels)[..^3]);
        Assert.IsType<DataFormatException>(Mnist.Verify(folder.Path)[3].Error);
    }

    static TemporaryFolder Folder()
    {
        var folder = new TemporaryFolder();
        folder.Write("train-images-idx3-ubyte", trainImages);
        folder.Write("train-labels-idx1-ubyte", trainLabels);
        folder.Write("t10k-images-idx3-ubyte", testImages);
        folder.Write("t10k-labels-idx1-ubyte", testLabels);
        return folder;
    }

    static void AssertLoads((Dataset Train, Dataset Test) data)
    {
        Assert.Equal("5 examples of shape [3, 3, 1] in 4 classes", data.Train.ToString());
        Assert.Equal("2 examples of shape [3, 3, 1] in 4 classes", data.Test.ToString());
        Assert.Equal(trainLabels[8..], data.Train.Labels.ToArray());
        Assert.Equal(testLabels[8..], data.Test.Labels.ToArray());
        Assert.Equal(Array.ConvertAll(trainImages[16..], b => b / 255f), data.Train.Images.Values);
        Assert.Equal(Array.ConvertAll(testImages[16..], b => b / 255f), data.Test.Images.Values);
    }
}
