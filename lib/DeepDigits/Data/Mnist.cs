using System.Security.Cryptography;

namespace DeepDigits;

/// <summary>
/// MNIST: 60,000 handwritten digits to train on and 10,000 to test on, 28 x 28 grey levels each; and every data set that comes in the same
/// format (Fashion-MNIST, EMNIST, QMNIST): shapes and the number of classes come from the files.
/// </summary>
/// <remarks>
/// Y. LeCun, C. Cortes, C. Burges: The MNIST database of handwritten digits; licence CC BY-SA 3.0. See data/mnist/README.md.
/// </remarks>
public static class Mnist
{
    /// <summary>The published files: their names and the SHA-256 of their unpacked bytes.</summary>
    internal static IReadOnlyList<(string Name, string Hash)> PublishedFiles { get; } =
    [
        ("train-images-idx3-ubyte", "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db"),
        ("train-labels-idx1-ubyte", "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5"),
        ("t10k-images-idx3-ubyte", "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7"),
        ("t10k-labels-idx1-ubyte", "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2"),
    ];

    /// <summary>
    /// Loads the built-in MNIST files, and checks that they are the published ones; or, if the environment variable DEEPDIGITS_DATA names a
    /// folder, the data set in that folder as it is (see <see cref="Load(string, string)"/>). Nothing is ever downloaded: see
    /// <see cref="DownloadAsync"/>.
    /// </summary>
    /// <returns>Images of shape [count, 28, 28, 1], pixels from 0 to 1 (byte / 255), labels 0 to 9.</returns>
    /// <exception cref="DataMissingException">The files were not found. The message says where they were looked for.</exception>
    /// <exception cref="DataFormatException">A file is damaged.</exception>
    /// <exception cref="HashMismatchException">A file is not the published one.</exception>
    public static (Dataset Train, Dataset Test) Load() => LoadDefault(MnistFiles.NamedFolder);

    /// <summary>
    /// Loads the data set of a folder that has four files named like MNIST's, plain or gzipped: train-images-idx3-ubyte,
    /// train-labels-idx1-ubyte, t10k-images-idx3-ubyte, t10k-labels-idx1-ubyte. The last dash may be a dot, t10k may be test, all names may
    /// have a common prefix (emnist-digits-...), and labels may be QMNIST's 32-bit integers (...-labels-idx2-int). The hashes are not
    /// checked.
    /// </summary>
    /// <remarks>EMNIST's images come with rows and columns exchanged: use <see cref="Dataset.Transpose"/> to see them upright.</remarks>
    /// <param name="folder">The folder.</param>
    /// <param name="variant">The prefix of the names, such as "emnist-digits", where a folder has several data sets.</param>
    /// <returns>
    /// Images of shape [count, height, width, 1], pixels from 0 to 1 (byte / 255). There are as many classes as the largest label of both
    /// parts + 1.
    /// </returns>
    /// <exception cref="DataMissingException">The folder or one of the files is not there, or there are several data sets and no variant is
    /// given.</exception>
    /// <exception cref="DataFormatException">A file is damaged, or the files do not belong together.</exception>
    public static (Dataset Train, Dataset Test) Load(string folder, string? variant = null) =>
        Load(MnistFiles.Find(folder, variant), verify: false);

    /// <summary>The folder that <see cref="Load()"/> reads: the one that DEEPDIGITS_DATA names, else that of the built-in files.</summary>
    /// <exception cref="DataMissingException">The built-in files were not found.</exception>
    public static string Folder => MnistFiles.NamedFolder ?? MnistFiles.FindBuiltIn();

    /// <summary>Checks that the files of a folder are the published ones of MNIST.</summary>
    /// <returns>
    /// For each file its path, and the error that it has: null, a <see cref="DataFormatException"/> or a
    /// <see cref="HashMismatchException"/>.
    /// </returns>
    /// <exception cref="DataMissingException">The folder or one of the files is not there.</exception>
    public static IReadOnlyList<(string File, Exception? Error)> Verify(string folder)
    {
        var files = MnistFiles.Find(folder, null);
        string[] paths = [files.TrainImages, files.TrainLabels, files.TestImages, files.TestLabels];
        return [.. paths.Zip(PublishedFiles, (path, published) => (path, Check(path, published.Hash)))];
    }

    /// <summary>
    /// Downloads the files of MNIST that a folder does not have yet, from two public mirrors in turn, and checks that they are the
    /// published ones. A download that was interrupted goes on where it stopped.
    /// </summary>
    /// <param name="folder">The folder, which is made if it is not there.</param>
    /// <param name="progress">Is told how far each file has come.</param>
    /// <param name="cancellation">Stops the download; what has arrived is kept for the next time.</param>
    /// <exception cref="DownloadException">No mirror could deliver a file (the message says what each of them did), or the folder has a
    /// file of the same name
    /// with another content (which is left as it is).</exception>
    public static Task DownloadAsync(string folder, IProgress<DownloadProgress>? progress = null, CancellationToken cancellation = default) =>
        new MnistDownload().RunAsync(folder, progress, cancellation);

    internal static (Dataset Train, Dataset Test) LoadDefault(string? namedFolder) => namedFolder is null
        ? Load(MnistFiles.Find(MnistFiles.FindBuiltIn(), null), verify: true)
        : Load(namedFolder);

    internal static (Dataset Train, Dataset Test) Load(MnistFiles files, bool verify)
    {
        // Unpacking the training images takes most of the time; the other files are read beside it.
        var trainImages = Task.Run(() => Read(files.TrainImages, IdxFile.ReadImages, verify ? PublishedFiles[0].Hash : null));
        var trainLabels = Task.Run(() => Read(files.TrainLabels, IdxFile.ReadLabels, verify ? PublishedFiles[1].Hash : null));
        var testImages = Task.Run(() => Read(files.TestImages, IdxFile.ReadImages, verify ? PublishedFiles[2].Hash : null));
        var testLabels = Task.Run(() => Read(files.TestLabels, IdxFile.ReadLabels, verify ? PublishedFiles[3].Hash : null));
        // All must have ended before an error leaves this method; and of several errors, always the same one leaves it.
        Task.WhenAll(trainImages, trainLabels, testImages, testLabels)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing).GetAwaiter().GetResult();
        var (train, test) = (trainImages.GetAwaiter().GetResult(), testImages.GetAwaiter().GetResult());
        var (labelsOfTrain, labelsOfTest) = (trainLabels.GetAwaiter().GetResult(), testLabels.GetAwaiter().GetResult());

        RequireSameCount(files.TrainImages, train, files.TrainLabels, labelsOfTrain);
        RequireSameCount(files.TestImages, test, files.TestLabels, labelsOfTest);
        if (!train.Shape[1..].SequenceEqual(test.Shape[1..]))
        {
            throw new DataFormatException(files.TestImages, "header", $"images of shape {Tensor.Format(train.Shape[1..])}, as in {files.TrainImages}",
                Tensor.Format(test.Shape[1..]), "The files must belong to the same data set.");
        }
        var classCount = 1;
        foreach (var label in (ReadOnlySpan<byte>)[.. labelsOfTrain, .. labelsOfTest])
            classCount = Math.Max(classCount, label + 1);
        return (new Dataset(train, labelsOfTrain, classCount), new Dataset(test, labelsOfTest, classCount));
    }

    /// <exception cref="HashMismatchException">The unpacked bytes have another SHA-256.</exception>
    static T Read<T>(string path, Func<InputFile, IncrementalHash?, T> read, string? expectedHash)
    {
        if (expectedHash is null)
            return read(new InputFile(path), null);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var content = read(new InputFile(path), hash);
        var found = Convert.ToHexStringLower(hash.GetCurrentHash());
        return found == expectedHash ? content : throw new HashMismatchException(path, expectedHash, found,
            "The file is not the published one of MNIST: get it again, or load its folder by name to use it as it is.");
    }

    /// <summary>Reads a file to its end without keeping anything of it.</summary>
    /// <returns>What is wrong with it, if anything.</returns>
    internal static Exception? Check(string path, string expectedHash)
    {
        try
        {
            Read(path, (input, hash) =>
            {
                using (input)
                {
                    var block = new byte[1 << 16];
                    while (input.Position <= input.Length && input.Read(block) is > 0 and var count)
                        hash!.AppendData(block, 0, count);
                    input.RequireEnd();
                    return true;
                }
            }, expectedHash);
            return null;
        }
        catch (Exception e) when (e is DataFormatException or HashMismatchException)
        {
            return e;
        }
    }

    static void RequireSameCount(string imagesFile, Tensor images, string labelsFile, byte[] labels)
    {
        if (images.Rows != labels.Length)
        {
            throw new DataFormatException(labelsFile, "header", $"{images.Rows} labels, one for each image of {imagesFile}", $"{labels.Length}",
                "The files must belong to the same data set.");
        }
    }
}
