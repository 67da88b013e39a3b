namespace DeepDigits;

/// <summary>Writes networks as ONNX, which ONNX Runtime, browsers, phones and most other frameworks run.</summary>
/// <remarks>
/// <para>The format (https://github.com/onnx/onnx, IR version 8, operator set 17) is a graph of operators in protobuf. The model takes "images" of the shape that the network
/// was built for, [batch, height, width, channels], any number of them at a time, and gives "logits" and, if they name classes, "probabilities".</para>
/// <para>ONNX's convolutions and poolings want the channels before the pixels (NCHW), the library has them last (NHWC). The graph therefore transposes before the first of them,
/// and back before a Flatten, so that the numbers reach the dense layers in the library's order and their weights stand in the file as they are.</para>
/// </remarks>
public static class OnnxExport
{
    /// <summary>Writes the network as an ONNX model.</summary>
    /// <param name="network">A built network of the library's layers.</param>
    /// <param name="path">The file; one that is there is replaced once the new one is complete.</param>
    /// <param name="card">What else the file should say: classes, preprocessing, accuracy, seed.</param>
    /// <exception cref="ExportException">A layer is not one of the library's.</exception>
    /// <exception cref="InvalidOperationException">The network is not built.</exception>
    /// <exception cref="ArgumentException">The card names more or fewer classes than the network tells apart.</exception>
    public static void SaveOnnx(this Sequential network, string path, ModelCard? card = null)
    {
        var model = OnnxModel.Of(network, card ?? new ModelCard()).Bytes;
        using var file = new AtomicFile(path);
        file.Stream.Write(model.Span);
        file.Commit();
    }
}
