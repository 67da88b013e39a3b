using System.Text;
using Xunit.Abstractions;

namespace DeepDigits.Tests.Fuzz;

/// <summary>Damaged models and checkpoints are refused with a typed error, or loaded as what they say.</summary>
public sealed class ModelFuzzTests(ITestOutputHelper output) : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Models()
    {
        var path = folder["model.safetensors"];
        Network().Save(path);
        Fuzz(File.ReadAllBytes(path), file => Predict(ModelFile.FromTensors(SafeTensors.Read(file, path), path).Network),
            error => error is ModelFormatException);
    }

    /// <summary>Mutations of the architecture's text, in a file that is otherwise right.</summary>
    [Fact]
    public void Architectures()
    {
        var network = Network();
        var tensors = network.Parameters.Select(parameter => (parameter.Name, parameter.Value)).ToArray();
        Fuzz(Encoding.Latin1.GetBytes(network.Describe().ToJson()), text =>
        {
            var metadata = new Dictionary<string, string>
            {
                ["deepdigits.format"] = "model 1",
                ["deepdigits.architecture"] = Encoding.Latin1.GetString(text),
            };
            var stream = new MemoryStream();
            SafeTensors.Write(stream, tensors, metadata);
            Predict(ModelFile.FromTensors(SafeTensors.Read(stream.ToArray(), "model"), "model").Network);
        }, error => error is ModelFormatException);
    }

    [Fact]
    public void Checkpoints()
    {
        var path = folder["checkpoint.safetensors"];
        var network = Network();
        var state = new OptimizerState(new Adam(0.01f), network.Parameters);
        var checkpoint = new Checkpoint(path, network, state, null, "settings");
        checkpoint.Save([new EpochResult(1, 0.5, 0.25, 0.5, 0.25, 0.1), new EpochResult(2, 0.25, 0.5, 0.75, 0.125, 0.1)],
            BestParameters.Copy(network.State.Select(entry => entry.Value), 1, null));
        Fuzz(File.ReadAllBytes(path), file =>
        {
            var before = network.Parameters.Select(parameter => parameter.Value.Values.ToArray()).ToArray();
            File.WriteAllBytes(path, file);
            var epochs = new List<EpochResult>();
            try
            {
                checkpoint.TryResume(epochs);
            }
            catch
            {
                // What cannot be resumed has changed nothing.
                Assert.Empty(epochs);
                for (var i = 0; i < before.Length; i++)
                    Assert.Equal(before[i], network.Parameters[i].Value.Values.ToArray());
                throw;
            }
            Assert.Equal(2, epochs.Count);
        }, error => error is ModelFormatException or CheckpointException, MutationFuzzer.DefaultCases / 5); // each is written to the disk
    }

    static Sequential Network()
    {
        var network = new Sequential(new Flatten(), new Dense(3), new Relu(), new Dropout(0.25f), new Dense(2, Initializer.Normal(0.5f)), new Tanh());
        network.Build([2, 2, 1], seed: 1);
        return network;
    }

    /// <summary>A network that was loaded can be used.</summary>
    static void Predict(Sequential network) => network.Forward(new Tensor([1, .. network.InputShape]), Pass.Inference);

    void Fuzz(byte[] valid, Action<byte[]> load, Predicate<Exception> isTypedError) => Fuzz(valid, load, isTypedError, MutationFuzzer.DefaultCases);

    void Fuzz(byte[] valid, Action<byte[]> load, Predicate<Exception> isTypedError, int cases)
    {
        var report = new MutationFuzzer(valid, load, isTypedError).Run(cases, seed: 3);
        output.WriteLine(report.ToString());
        Assert.Equal(cases, report.Loaded + report.Refused);
        Assert.True(report.Refused > 0 && report.Loaded > 0);
    }
}
