namespace DeepDigits;

/// <summary>All experiments. The command line, the tests, the benchmarks and the notebooks read them from here, so that all run the
/// same.</summary>
public static class Experiments
{
    /// <summary>The multi-layer perceptron of the first project: 784-128-256-512-10, relu, He initialization.</summary>
    public static Experiment Mlp { get; } = new()
    {
        Name = "mlp",
        Title = "MLP 784-128-256-512-10",
        Protocol = "All 60,000 training images, pixels divided by 255. Relu, He normal initialization, softmax cross-entropy, Adam 0.001, batches of 1,000 in a new "
            + "random order every epoch (the original: in the order of the file), 30 epochs, no regularization. Accuracy on the 10,000 test images after the last epoch.",
        Reported = 0.9771,
        Network = classes => MlpNetwork(classes),
        Training = new TrainingOptions { Loss = new SoftmaxCrossEntropy(), Optimizer = new Adam(0.001f), BatchSize = 1000, Epochs = 30, Seed = 1 },
    };

    /// <summary>Is the digit a perfect square? The same network with one output.</summary>
    public static Experiment Squares { get; } = new()
    {
        Name = "squares",
        Title = "Squares (0, 1, 4, 9 or not), MLP 784-128-256-512-1",
        Protocol = "The labels 0, 1, 4 and 9 become 1, the others 0. The network of `mlp` with one output, sigmoid cross-entropy, Adam 0.001, batches of 1,000 in a new random "
            + "order every epoch, 10 epochs. Accuracy (threshold one half) on the 10,000 test images after the last epoch.",
        Reported = 0.9817,
        Labels = LabelMap.Squares,
        Network = _ => MlpNetwork(1),
        Training = new TrainingOptions { Loss = new SigmoidCrossEntropy(), Optimizer = new Adam(0.001f), BatchSize = 1000, Epochs = 10, Seed = 1 },
    };

    /// <summary>The first project's convolutional network, as it is described.</summary>
    public static Experiment LeNet { get; } = new()
    {
        Name = "lenet",
        Title = "LeNet, 8 and 16 filters of 5x5",
        Protocol = "All 60,000 training images. Convolution 8 5x5 same, max pooling 2, convolution 16 5x5 valid, max pooling 2, dense 120, 84 and 10; relu after each but the last. Glorot "
            + "uniform initialization, softmax cross-entropy, Adam 0.001, batches of 1,000 in a new random order every epoch, 10 epochs. Accuracy on the 10,000 test images after the last epoch.",
        Reported = 0.9827,
        Network = LeNetNetwork,
        Training = new TrainingOptions { Loss = new SoftmaxCrossEntropy(), Optimizer = new Adam(0.001f), BatchSize = 1000, Epochs = 10, Seed = 1 },
    };

    /// <summary>The same with small batches.</summary>
    public static Experiment LeNet128 { get; } = LeNet with
    {
        Name = "lenet-128",
        Title = "LeNet, batches of 128",
        Protocol = "As `lenet`, with batches of 128: eight times as many steps.",
        Reported = null,
        Training = LeNet.Training with { BatchSize = 128 },
    };

    /// <summary>The first project's convolutional network, as its code was published: with what one must take for slips.</summary>
    public static Experiment LeNetPublished { get; } = LeNet with
    {
        Name = "lenet-published",
        Title = "LeNet as its code was published: kernel 28x28, softmax twice",
        Protocol = "As `lenet`, but as in the published code: the first kernels are as large as the image (28x28), no activation follows the convolutions, and the network ends in a softmax "
            + "under a loss that takes its outputs for logits, so that the softmax is applied twice.",
        Reported = null,
        Network = LeNet28,
        Training = LeNet.Training with { Loss = new SoftmaxCrossEntropyOverSoftmax() },
    };

    /// <summary>What the kernels of 28x28 and the missing activations alone cost.</summary>
    public static Experiment LeNet28x28 { get; } = LeNetPublished with
    {
        Name = "lenet-28x28",
        Title = "LeNet with the kernel of 28x28, softmax once",
        Protocol = "As `lenet-published`, but with the softmax applied once: what the kernels of 28x28 and the missing activations do.",
        Training = LeNet.Training,
    };

    /// <summary>What the second softmax alone costs.</summary>
    public static Experiment LeNetDoubleSoftmax { get; } = LeNet with
    {
        Name = "lenet-double-softmax",
        Title = "LeNet with the softmax twice",
        Protocol = "As `lenet`, but with the softmax applied twice: what that alone does.",
        Reported = null,
        Training = LeNetPublished.Training,
    };

    /// <summary>The second project's convolutional network, as it is described.</summary>
    public static Experiment Cnn { get; } = new()
    {
        Name = "cnn",
        Title = "CNN 32-64-1000, 3x3",
        Protocol = "All 60,000 training images. Convolution 32 3x3 same, max pooling 2, convolution 64 3x3 same, max pooling 2, dense 1,000 and 10; relu after each but the last. Glorot uniform "
            + "initialization, softmax cross-entropy, Adam 0.001, batches of 128 in a new random order every epoch, 10 epochs. Accuracy on the 10,000 test images after the last epoch.",
        Reported = 0.9931,
        Network = classes => CnnNetwork(classes, 3, Padding.Same),
        Training = new TrainingOptions { Loss = new SoftmaxCrossEntropy(), Optimizer = new Adam(0.001f), BatchSize = 128, Epochs = 10, Seed = 1 },
    };

    /// <summary>The second project's convolutional network, as its code was published.</summary>
    public static Experiment CnnPublished { get; } = Cnn with
    {
        Name = "cnn-published",
        Title = "CNN 32-64-1000 as its code was published, 5x5",
        Protocol = "As `cnn`, but with kernels of 5x5 and valid padding, as in the published code.",
        Reported = null,
        Network = classes => CnnNetwork(classes, 5, Padding.Valid),
    };

    /// <summary>Is the digit a perfect square? Asked of a convolutional network.</summary>
    public static Experiment SquaresCnn { get; } = new()
    {
        Name = "squares-cnn",
        Title = "Squares (0, 1, 4, 9 or not), CNN 32-64-1000",
        Protocol = "The labels 0, 1, 4 and 9 become 1, the others 0. The network of `cnn` with one output and dropout 0.5 before it, sigmoid cross-entropy, Adam 0.001 falling to zero along a "
            + "cosine, batches of 128 in a new random order every epoch, 10 epochs. Accuracy (threshold one half) on the 10,000 test images after the last epoch.",
        Labels = LabelMap.Squares,
        Network = _ => CnnWithDropout(1),
        Training = Cnn.Training with { Loss = new SigmoidCrossEntropy(), Schedule = LearningRateSchedule.Cosine },
    };

    /// <summary>The second project's network with a schedule and dropout.</summary>
    public static Experiment CnnDropout { get; } = Cnn with
    {
        Name = "cnn-dropout",
        Title = "CNN 32-64-1000 with dropout and a cosine",
        Protocol = "As `cnn`, with dropout 0.25 after the second pooling and 0.5 after the dense layer of 1,000, and Adam 0.001 falling to zero along a cosine over 15 epochs.",
        Reported = null,
        Network = CnnWithDropout,
        Training = Cnn.Training with { Epochs = 15, Schedule = LearningRateSchedule.Cosine },
    };

    /// <summary>Our own regularized MLP.</summary>
    public static Experiment MlpBest { get; } = new()
    {
        Name = "mlp-best",
        Title = "Our MLP 784-1024-1024-1024-10 with dropout",
        Protocol = "All 60,000 training images. Dropout 0.2 on the pixels and 0.3 after each hidden layer, softmax cross-entropy, Adam 0.001 falling to zero along a cosine, batches "
            + "of 500 in a new random order every epoch, 40 epochs. Chosen by the validation of the study `mlp-best-choice`; the test images are looked at once, after the last epoch.",
        Network = classes => WideNetwork(classes, 3, 0.3f),
        Training = WideTraining(),
    };

    /// <summary>The shortest training that we know of to 99 %.</summary>
    public static Experiment Fast99 { get; } = new()
    {
        Name = "fast99",
        Title = "99 % in a few seconds: a small CNN with label smoothing",
        Protocol = "All 60,000 training images. Convolution 16 5x5 valid, max pooling 2, convolution 32 3x3 valid, twice, max pooling 2, dense 128 and 10; relu after each but the last. He normal "
            + "initialization, softmax cross-entropy with label smoothing 0.1, Adam 0.006 along one cycle (from a tenth, up in the first fifth of the steps, down to zero), batches of 64 in a new random order every "
            + "epoch; images shifted by up to half a pixel, turned by up to 5 degrees and scaled by up to 5 %. 2 epochs: the fewest of the study `fast99-choice` with which each of its six runs reached 99 % of "
            + "the images held out, with the batch that did better in the mean. The test images are looked at once, after the last epoch.",
        Network = SmallConvolutionalNetwork,
        Training = FastTraining(64, 2),
    };

    /// <summary>Our best network that learns from the images as they are.</summary>
    public static Experiment BestPlain { get; } = new()
    {
        Name = "best-plain",
        Title = "Our best CNN, images as they are",
        Protocol = "All 60,000 training images, as they are. Convolution 32 3x3 valid, twice, max pooling 2, convolution 64 3x3 same, twice, max pooling 2, convolution 128 3x3 valid, dense 10; batch normalization and relu "
            + "after each convolution, dropout 0.3 after each pooling and 0.5 before the last layer. He normal initialization, softmax cross-entropy with label smoothing 0.1, Adam 0.003 along one cycle "
            + "(from a tenth, up in the first quarter of the steps, down to zero), batches of 128 in a new random order every epoch, 20 epochs. The dropout was chosen by the validation of the study `best-plain-choice`; the test "
            + "images are looked at once, after the last epoch.",
        Network = classes => DeepNetwork(classes, 0.3f, 0.5f),
        Training = DeepTraining(20, null),
    };

    /// <summary>Our best network.</summary>
    public static Experiment Best { get; } = new()
    {
        Name = "best",
        Title = "Our best CNN, with augmentation",
        Protocol = "The network of `best-plain`, with dropout 0.3 before the last layer only, and its training for 30 epochs, in each of which the images are shifted by up to 2 pixels, turned by up to 10 degrees, scaled by up to 10 % and slanted by up to "
            + "0.1, anew in every epoch. Augmentation and dropout were chosen by the validation of the study `best-choice`; the test images are looked at once, after the last epoch.",
        Network = classes => DeepNetwork(classes, 0, 0.3f),
        Training = DeepTraining(30, Moved),
    };

    /// <summary>All of them, the reported ones first.</summary>
    public static IReadOnlyList<Experiment> All { get; } = [Mlp, LeNet, Squares, Cnn, LeNet128, LeNetPublished, LeNet28x28, LeNetDoubleSoftmax, CnnPublished, CnnDropout, SquaresCnn, MlpBest, Fast99, BestPlain, Best];

    /// <summary>The tuning studies: those of the first project, and the choice of our own network.</summary>
    public static IReadOnlyList<Study> Studies { get; } =
    [
        Study("mlp-learning-rate", "Learning rate of the MLP", "learning rate", Mlp50(),
        [
            ("0.0001", with => with with { Optimizer = new Adam(0.0001f) }, 0.99701667),
            ("0.0003", with => with with { Optimizer = new Adam(0.0003f) }, 0.9999833),
            ("0.001", with => with, 1.0),
            ("0.003", with => with with { Optimizer = new Adam(0.003f) }, 0.9982),
            ("0.1", with => with with { Optimizer = new Adam(0.1f) }, 0.10441667),
            ("0.3", with => with with { Optimizer = new Adam(0.3f) }, 0.10441667),
        ]),
        Study("mlp-loss", "Loss of the MLP", "loss", Mlp50(),
        [
            ("sigmoid cross-entropy over softmax outputs", with => with with { Loss = new SigmoidCrossEntropyOverSoftmax() }, 0.8979333),
            ("softmax cross-entropy", with => with, 1.0),
        ]),
        Study("mlp-optimizer", "Optimizer of the MLP", "optimizer", Mlp50(),
        [
            ("gradient descent", with => with with { Optimizer = new GradientDescent(0.001f) }, 0.8976167),
            ("momentum 0.99", with => with with { Optimizer = new Momentum(0.001f, 0.99f) }, 0.9978833),
            ("adam", with => with, 1.0),
        ]),
        Study("mlp-epochs", "Epochs of the MLP", "epochs", Mlp.Training,
        [
            ("10", with => with with { Epochs = 10 }, 0.99046665),
            ("15", with => with with { Epochs = 15 }, 0.9946),
            ("20", with => with with { Epochs = 20 }, 0.9993167),
            ("25", with => with with { Epochs = 25 }, 0.99946666),
            ("30", with => with with { Epochs = 30 }, 1.0),
            ("35", with => with with { Epochs = 35 }, 1.0),
            ("40", with => with with { Epochs = 40 }, 1.0),
        ]),
        new()
        {
            Name = "mlp-best-choice",
            Title = "Choice of our own MLP",
            Varied = "hidden layers, and dropout of pixels and hidden units",
            Protocol = "A sixth of the training images is held out, class by class; what does best on it is trained on all training images as `mlp-best`. "
                + "The test images play no part.",
            HoldOut = 1.0 / 6,
            Trials = [Choice(2, 0.3f), Choice(2, 0.5f), Choice(3, 0.3f), Choice(3, 0.5f)],
        },
        new()
        {
            Name = "fast99-choice",
            Title = "How short may a training to 99 % be?",
            Varied = "epochs and batch",
            Protocol = "The training of `fast99` with other numbers of epochs and other batches, each from six seeds. A sixth of the training images is held out, class by class, other ones with every seed. `fast99` takes the fewest "
                + "epochs with which all six runs reach 99 % of them, and of the batches with so many epochs the one that does better in the mean. The test images play no part.",
            HoldOut = 1.0 / 6,
            Runs = 6,
            Trials = [FastTrial(32, 1), FastTrial(64, 1), FastTrial(64, 2), FastTrial(96, 2), FastTrial(96, 3)],
        },
        new()
        {
            Name = "best-plain-choice",
            Title = "Choice of our network without augmentation",
            Varied = "dropout after each pooling and before the last layer",
            Protocol = "The training of `best-plain` for 15 epochs, with other dropout, each from two seeds. A sixth of the training images is held out, class by "
                + "class, other ones with every seed; what does best on them in the mean is trained longer, on all training images, as `best-plain`. The test images play no part.",
            HoldOut = 1.0 / 6,
            Runs = 2,
            Trials = [PlainTrial(0.2f), PlainTrial(0.3f)],
        },
        new()
        {
            Name = "best-choice",
            Title = "Choice of our network with augmentation",
            Varied = "augmentation and dropout",
            Protocol = "The training of `best` for 15 epochs, with other augmentation and other dropout. A sixth of the training images is held out, class by class; what does best on them is trained longer, on all "
                + "training images, as `best`. The test images play no part.",
            HoldOut = 1.0 / 6,
            Trials =
            [
                BestTrial("shift, rotation, scale, shear; dropout 0.2, 0.2 and 0.5", Moved, 0.2f, 0.5f),
                BestTrial("the same, and elastic distortion", Moved with { ElasticStrength = 25, ElasticSmoothness = 4 }, 0.2f, 0.5f),
                BestTrial("the first, with dropout 0.3 before the last layer only", Moved, 0, 0.3f),
            ],
        },
        new()
        {
            Name = "cnn-sweep",
            Title = "Learning rate and batch size of the CNN",
            Varied = "learning rate and batch size",
            Rows = "learning rate",
            Columns = "batch",
            Protocol = "The experiment `cnn`, 10 epochs, with other learning rates and batches. 33 % of the training images are held out, class by class; every training learns from the same "
                + $"rest, from the same first weights. {TwoRuns} Training accuracy and loss are measured on all images that were learned from, after the last epoch; the histories hold the running means as well.",
            HoldOut = 0.33,
            Trials =
            [
                Cell(0.001f, 64, new(0.9982, 0.9893, 0.0062, 0.0517)), Cell(0.001f, 128, new(0.9978, 0.9891, 0.0065, 0.0467)), Cell(0.001f, 256, new(0.9973, 0.9836, 0.0082, 0.0597)),
                Cell(0.003f, 64, new(0.9954, 0.987, 0.015, 0.0722)), Cell(0.003f, 128, new(0.9959, 0.9884, 0.013, 0.0536)), Cell(0.003f, 256, new(0.9969, 0.9893, 0.0093, 0.049)),
                Cell(0.01f, 64, new(0.9833, 0.9762, 0.0717, 0.1036)), Cell(0.01f, 128, new(0.984, 0.9693, 0.0557, 0.1731)), Cell(0.01f, 256, new(0.9902, 0.966, 0.0319, 0.1536)),
                Cell(0.03f, 64, new(0.0982, 0.0998, 14.5355, 14.5096)), Cell(0.03f, 128, new(0.1082, 0.1071, 2.3038, 2.3021)), Cell(0.03f, 256, new(0.112, 0.1088, 2.302, 2.3026)),
            ],
        },
        new()
        {
            Name = "cnn-activation",
            Title = "Activation of the CNN",
            Varied = "activation",
            Protocol = "The experiment `cnn`, learning rate 0.001, batches of 128, 10 epochs, with another activation after the convolutions and the dense layer of 1,000. 33 % of the training images "
                + $"are held out, class by class, as in `cnn-sweep`. {TwoRuns} The published figures were read off curves: to about 0.1 points for relu and tanh and 0.5 points for sigmoid, "
                + "which the verdict allows for.",
            HoldOut = 0.33,
            Trials =
            [
                Activation("relu", () => new Relu(), new(0.997, 0.985, BestValidationAccuracy: 0.99, ReadingError: 0.001)),
                Activation("sigmoid", () => new Sigmoid(), new(0.985, 0.98, ReadingError: 0.005)),
                Activation("tanh", () => new Tanh(), new(0.997, 0.985, 0.008, 0.063, 0.985, 0.001)),
            ],
        },
        new()
        {
            Name = "cnn-cross-validation",
            Title = "Cross-validation of the CNN",
            Varied = "fold",
            Protocol = "The experiment `cnn`, learning rate 0.001, batches of 128, relu, 10 epochs. The training images are cut into 5 parts, class by class; each part is once held out to judge by, and "
                + "the network learns from the other four, each time from the same first weights. The mean over the folds says how well these settings do on new digits, the spread how much that depends on the images.",
            Folds = 5,
            Trials = [.. Enumerable.Range(1, 5).Select(fold => new Trial(FormattableString.Invariant($"{fold}"), Cnn with { Name = FormattableString.Invariant($"cnn-cross-validation/{fold}") }))],
        },
    ];

    /// <summary>The experiment of a name.</summary>
    /// <exception cref="ArgumentException">There is none; the message lists the known ones.</exception>
    public static Experiment Named(string name) => All.FirstOrDefault(experiment => experiment.Name == name)
        ?? throw new ArgumentException($"There is no experiment '{name}'. Known are: {string.Join(", ", All.Select(experiment => experiment.Name))}.");

    /// <summary>The tuning study of a name.</summary>
    /// <exception cref="ArgumentException">There is none; the message lists the known ones.</exception>
    public static Study StudyNamed(string name) => Studies.FirstOrDefault(study => study.Name == name)
        ?? throw new ArgumentException($"There is no tuning study '{name}'. Known are: {string.Join(", ", Studies.Select(study => study.Name))}.");

    static Sequential MlpNetwork(int outputs) => new(
        new Flatten(), new Dense(128), new Relu(), new Dense(256), new Relu(), new Dense(512), new Relu(), new Dense(outputs));

    static Sequential LeNetNetwork(int outputs) => new(
        Convolution(8, 5, Padding.Same), new Relu(), new MaxPool2D(2), Convolution(16, 5, Padding.Valid), new Relu(), new MaxPool2D(2),
        new Flatten(), Glorot(120), new Relu(), Glorot(84), new Relu(), Glorot(outputs));

    static Sequential LeNet28(int outputs) => new(
        Convolution(8, 28, Padding.Same), new MaxPool2D(2), Convolution(16, 5, Padding.Valid), new MaxPool2D(2),
        new Flatten(), Glorot(120), new Relu(), Glorot(84), new Relu(), Glorot(outputs));

    static Sequential CnnNetwork(int outputs, int kernel, Padding padding, Func<Layer>? activation = null)
    {
        activation ??= () => new Relu();
        return new Sequential(
            Convolution(32, kernel, padding), activation(), new MaxPool2D(2), Convolution(64, kernel, padding), activation(), new MaxPool2D(2),
            new Flatten(), Glorot(1000), activation(), Glorot(outputs));
    }

    static Sequential SmallConvolutionalNetwork(int outputs) => new(
        new Conv2D(16, 5, Padding.Valid), new Relu(), new MaxPool2D(2), new Conv2D(32, 3, Padding.Valid), new Relu(), new Conv2D(32, 3, Padding.Valid), new Relu(), new MaxPool2D(2),
        new Flatten(), new Dense(128), new Relu(), new Dense(outputs));

    static Augmentation Moved => new() { Shift = 2, Rotation = 10, Scale = 0.1, Shear = 0.1 };

    /// <summary>Twice two convolutions and a pooling, a last convolution, and one dense layer, with batch normalization after each convolution.</summary>
    static Sequential DeepNetwork(int outputs, float dropout, float lastDropout) => new(
    [
        .. Normalized(32, 3, Padding.Valid), .. Normalized(32, 3, Padding.Valid), new MaxPool2D(2), new Dropout(dropout),
        .. Normalized(64, 3, Padding.Same), .. Normalized(64, 3, Padding.Same), new MaxPool2D(2), new Dropout(dropout),
        .. Normalized(128, 3, Padding.Valid), new Flatten(), new Dropout(lastDropout), new Dense(outputs),
    ]);

    static Layer[] Normalized(int filters, int kernel, Padding padding) => [new Conv2D(filters, kernel, padding), new BatchNorm(0.9), new Relu()];

    static TrainingOptions DeepTraining(int epochs, Augmentation? augmentation) => new()
    {
        Loss = new SoftmaxCrossEntropy(0.1),
        Optimizer = new Adam(0.003f),
        BatchSize = 128,
        Epochs = epochs,
        Seed = 1,
        Schedule = LearningRateSchedule.OneCycle(0.1, 0.25, 0),
        Augmentation = augmentation,
    };

    static TrainingOptions FastTraining(int batch, int epochs) => new()
    {
        Loss = new SoftmaxCrossEntropy(0.1),
        Optimizer = new Adam(0.006f),
        BatchSize = batch,
        Epochs = epochs,
        Seed = 1,
        Schedule = LearningRateSchedule.OneCycle(0.1, 0.2, 0),
        Augmentation = new Augmentation { Shift = 0.5, Rotation = 5, Scale = 0.05 },
    };

    static Sequential CnnWithDropout(int outputs) => new(
        Convolution(32, 3, Padding.Same), new Relu(), new MaxPool2D(2), Convolution(64, 3, Padding.Same), new Relu(), new MaxPool2D(2),
        new Flatten(), new Dropout(0.25f), Glorot(1000), new Relu(), new Dropout(0.5f), Glorot(outputs));

    /// <summary>The originals do not say how their convolutional networks begin; their framework begins with Glorot's uniform numbers unless told otherwise.</summary>
    static Conv2D Convolution(int filters, int kernel, Padding padding) => new(filters, kernel, kernel, 1, padding, Initializer.GlorotUniform);

    static Dense Glorot(int units) => new(units, Initializer.GlorotUniform);

    static Sequential WideNetwork(int outputs, int hiddenLayers, float dropout)
    {
        List<Layer> layers = [new Flatten(), new Dropout(0.2f)];
        for (var i = 0; i < hiddenLayers; i++)
            layers.AddRange([new Dense(1024), new Relu(), new Dropout(dropout)]);
        return new Sequential([.. layers, new Dense(outputs)]);
    }

    static TrainingOptions WideTraining() => new()
    {
        Loss = new SoftmaxCrossEntropy(),
        Optimizer = new Adam(0.001f),
        BatchSize = 500,
        Epochs = 40,
        Seed = 1,
        Schedule = LearningRateSchedule.Cosine,
    };

    /// <summary>How a study judges that has one run to set beside another one.</summary>
    const string TwoRuns = "One run stands beside one run: their validation accuracies agree if they are at most two standard errors of such a difference apart, 2 sqrt(p (1 - p) / n + q (1 - q) / n) "
        + "with n images held out. That is what the choice of the images may do; other first weights do more.";

    static Trial Cell(float learningRate, int batch, ReportedFigures reported)
    {
        var (row, column) = (FormattableString.Invariant($"{learningRate}"), FormattableString.Invariant($"{batch}"));
        return new Trial($"{row} and {column}",
            Cnn with { Name = $"cnn-sweep/{row}-{column}", Training = Cnn.Training with { Optimizer = new Adam(learningRate), BatchSize = batch } }, reported)
        { Row = row, Column = column };
    }

    static Trial Activation(string name, Func<Layer> activation, ReportedFigures reported) => new(
        name, Cnn with { Name = $"cnn-activation/{name}", Network = classes => CnnNetwork(classes, 3, Padding.Same, activation) }, reported);

    static Trial Choice(int hiddenLayers, float dropout) => new(
        FormattableString.Invariant($"{hiddenLayers} x 1024, dropout 0.2 and {dropout}"),
        MlpBest with { Network = classes => WideNetwork(classes, hiddenLayers, dropout) });

    static Trial PlainTrial(float dropout) => new(
        FormattableString.Invariant($"{dropout}, {dropout} and 0.5"), BestPlain with { Network = classes => DeepNetwork(classes, dropout, 0.5f), Training = DeepTraining(15, null) });

    static Trial BestTrial(string name, Augmentation augmentation, float dropout, float lastDropout) => new(
        name, Best with { Network = classes => DeepNetwork(classes, dropout, lastDropout), Training = DeepTraining(15, augmentation) });

    static Trial FastTrial(int batch, int epochs) => new(
        epochs == 1 ? FormattableString.Invariant($"1 epoch of {batch}") : FormattableString.Invariant($"{epochs} epochs of {batch}"), Fast99 with { Training = FastTraining(batch, epochs) });

    static TrainingOptions Mlp50() => Mlp.Training with { Epochs = 50 };

    static Study Study(string name, string title, string varied, TrainingOptions basis, (string Value, Func<TrainingOptions, TrainingOptions> Change, double Reported)[] trials) => new()
    {
        Name = name,
        Title = title,
        Varied = varied,
        Protocol = (varied == "epochs" ? "The experiment `mlp`, for fewer or more epochs." : $"The experiment `mlp` for 50 epochs, with another {varied}.")
            + " Judged, as in the original, by the accuracy on the training set itself, "
            + "which tells how well the network memorizes, not how well it will do on new digits.",
        Trials = [.. trials.Select(trial => new Trial(trial.Value, Mlp with { Name = $"{name}/{trial.Value}", Training = trial.Change(basis) }, new ReportedFigures(trial.Reported)))],
    };
}
