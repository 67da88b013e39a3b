using System.CommandLine;

namespace DeepDigits.Cli.Commands;

/// <summary>`train`: trains a network that a line of text describes, or a known experiment, and saves it.</summary>
static class TrainCommand
{
    public static Command Create() => new Definition().Command;

    /// <summary>The options, and what to do with them.</summary>
    sealed class Definition
    {
        readonly Option<string?> layers = new("--layers")
        {
            HelpName = "TEXT",
            Description = "The layers from the input to the output, such as \"dense 128, relu, dropout 0.2, dense 10\". "
                + "The last one has a unit for each class.",
        };

        readonly Option<string?> experiment = new("--experiment")
        {
            HelpName = "NAME",
            Description = $"Take all settings from an experiment ({string.Join(", ", Experiments.All.Select(known => known.Name))}); "
                + "other options change single ones.",
        };

        readonly Option<int?> epochs = CommonOptions.AtLeast(1, new Option<int?>("--epochs")
        {
            HelpName = "N",
            Description = "How often the training passes through all examples.",
        });

        readonly Option<int?> batch = CommonOptions.AtLeast(1, new Option<int?>("--batch")
        {
            HelpName = "N",
            Description = "The examples of one step.",
        });

        readonly Option<float?> learningRate = new("--learning-rate")
        {
            HelpName = "X",
            Description = "The factor of every step, such as 0.001.",
        };

        readonly Option<string?> optimizer = new("--optimizer")
        {
            HelpName = "NAME",
            Description = "How steps are made: adam, gradient-descent, or momentum with its share, as in \"momentum 0.9\".",
        };

        readonly Option<int?> seed = new("--seed")
        {
            HelpName = "N",
            Description = "Where chance starts (first weights, order, dropout). The same seed gives the same network, to the bit.",
        };

        readonly Option<string?> loss = new Option<string?>("--loss")
        {
            HelpName = "NAME",
            Description = $"What is made small: {string.Join(", ", TrainingWords.Losses.Keys)} (all with cross-entropy). "
                + "Default: softmax, or sigmoid for one output.",
        }.AcceptOnlyFrom([.. TrainingWords.Losses.Keys]);

        readonly Option<string?> schedule = new Option<string?>("--schedule")
        {
            HelpName = "NAME",
            Description = $"The learning rate over time: {string.Join(", ", TrainingWords.Schedules.Keys)}. Default: constant.",
        }.AcceptOnlyFrom([.. TrainingWords.Schedules.Keys]);

        readonly Option<string?> augment = new("--augment")
        {
            HelpName = "TEXT",
            Description = "Vary the images of every epoch anew, up to these amounts: \"shift 2, rotation 10, scale 0.1, shear 0.1, elastic 34 4\" "
                + "(pixels, degrees, share, slant, strength and smoothness; any of them).",
        };

        readonly Option<double?> average = new("--average")
        {
            HelpName = "X",
            Description = "Average the weights over the steps, each step keeping this share, such as 0.999: the average is validated and saved.",
        };

        readonly Option<double?> validationFraction = new("--validation-fraction")
        {
            HelpName = "X",
            Description = "Hold out this share of the training set, and measure on it after every epoch. Default: 0, learn from all.",
        };

        readonly Option<int?> patience = CommonOptions.AtLeast(1, new Option<int?>("--patience")
        {
            HelpName = "N",
            Description = "Stop when N epochs in a row did not improve the validation loss, and keep the best. Needs --validation-fraction.",
        });

        readonly Option<string?> task = CommonOptions.Task();
        readonly Option<string?> data = CommonOptions.Data();

        readonly Option<string?> csv = new("--csv")
        {
            HelpName = "FILE",
            Description = "Training images with labels as CSV instead.",
        };

        readonly Option<string?> testCsv = new("--test-csv")
        {
            HelpName = "FILE",
            Description = "Test images with labels as CSV, to go with --csv.",
        };

        readonly Option<string?> save = new("--save")
        {
            HelpName = "FILE",
            Description = "Write the trained network to this file (.safetensors).",
        };

        readonly Option<string?> checkpoint = new("--checkpoint")
        {
            HelpName = "FILE",
            Description = "Keep the state after every epoch here. If the file is there, the training goes on from it, to the same bits.",
        };

        readonly Option<int?> threads = CommonOptions.Threads();
        readonly Option<bool> json = CommonOptions.Json();

        public Definition()
        {
            Command = new ExplainedCommand("train", "Train a network on handwritten digits, and save it.",
                ("train --layers \"dense 128, relu, dense 10\" --epochs 5 --batch 100 --learning-rate 0.001 --optimizer adam --seed 1 "
                    + "--save model.safetensors", "A small network with one hidden layer"),
                ("train --experiment mlp --epochs 10 --validation-fraction 0.1",
                    "The network of a known experiment, with fewer epochs and a validation set"),
                ("train --experiment mlp --checkpoint mlp.checkpoint --save mlp.safetensors",
                    "One that can be stopped with Ctrl+C and goes on with the same command"))
            {
                layers, experiment, epochs, batch, learningRate, optimizer, seed, loss, schedule, augment, average, validationFraction, patience,
                task, data, csv, testCsv, save, checkpoint, threads, json,
            };
            Command.SetAction((parsed, cancellation) => Task.FromResult(Train(parsed, cancellation)));
        }

        public Command Command { get; }

        int Train(ParseResult parsed, CancellationToken cancellation)
        {
            // What cannot work is refused before the data is loaded and before anything is computed.
            var basis = Basis(parsed);
            var chosenOptimizer = ChooseOptimizer(parsed, basis);
            if (parsed.GetValue(patience) is not null && parsed.GetValue(validationFraction) is null or 0)
                throw new UsageException("--patience judges by a validation set: give --validation-fraction too, for example 0.1.");
            var augmentation = parsed.GetValue(augment) is { } variations ? TrainingWords.Augmentation(variations) : basis?.Training.Augmentation;
            var averaging = parsed.GetValue(average) is not { } decay ? basis?.Training.Averaging
                : decay is >= 0 and < 1 ? new WeightAveraging(decay)
                : throw new UsageException(FormattableString.Invariant($"--average must be from 0 up to, and without, 1, such as 0.999, but it is {decay}."));
            PrepareFolder(parsed.GetValue(save), "--save");
            PrepareFolder(parsed.GetValue(checkpoint), "--checkpoint");

            var terminal = new Terminal(parsed, parsed.GetValue(json));
            using var limit = CommonOptions.Limit(parsed.GetValue(threads));
            var question = parsed.GetValue(task) ?? (basis is null ? Tasks.Digits : Tasks.Of(basis));
            var (train, test) = Load(parsed, question);
            var number = parsed.GetValue(seed) ?? basis!.Training.Seed;
            var network = Build(parsed, basis, train, number);
            var (learned, validation) = HoldOut(train, parsed.GetValue(validationFraction) ?? 0, number);
            var options = new TrainingOptions
            {
                Loss = ChooseLoss(parsed, basis, network),
                Optimizer = chosenOptimizer,
                BatchSize = parsed.GetValue(batch) ?? basis!.Training.BatchSize,
                Epochs = parsed.GetValue(epochs) ?? basis!.Training.Epochs,
                Seed = number,
                Shuffle = basis?.Training.Shuffle ?? true,
                Schedule = parsed.GetValue(schedule) is { } name ? TrainingWords.Schedules[name]
                    : basis?.Training.Schedule ?? LearningRateSchedule.Constant,
                Augmentation = augmentation,
                Averaging = averaging,
                Validation = validation,
                EarlyStopping = parsed.GetValue(patience) is { } patient ? new EarlyStopping(patient) : null,
                Checkpoint = parsed.GetValue(checkpoint),
            };
            terminal.Line(network.Summary());
            terminal.Line($"{learned}");
            terminal.Line($"{options.Optimizer}; batches of {Numbers.Whole(options.BatchSize)}; {options.Loss.Name}; seed {options.Seed}");
            if (ModelNotes.Variations(options) is { Length: > 0 } more)
                terminal.Line(more[2..]);
            terminal.Line();

            var history = Fit(terminal, network, learned, options, cancellation);
            var evaluation = test is null ? null : network.Evaluate(test, options.Loss);
            if (parsed.GetValue(json))
                WriteJson(terminal, network, history, evaluation);
            Report(terminal, history, evaluation);
            if (parsed.GetValue(save) is { } file)
                Save(terminal, file, network, options, question, evaluation);
            return ExitCode.Success;
        }

        /// <summary>The experiment that gives the settings. Without one, whatever changes a result must have been chosen: it has no
        /// default.</summary>
        Experiment? Basis(ParseResult parsed)
        {
            if (parsed.GetValue(experiment) is { } name)
                return Inputs.Known(() => Experiments.Named(name));
            Option[] needed = [layers, epochs, batch, learningRate, optimizer, seed];
            var missing = needed.Where(option => parsed.GetResult(option) is null).Select(option => option.Name).ToArray();
            return missing.Length == 0 ? null : throw new UsageException($"Please choose {string.Join(", ", missing)} too, as they change the result. "
                + "Or take them from an experiment: --experiment mlp. For examples: deepdigits train --help");
        }

        Optimizer ChooseOptimizer(ParseResult parsed, Experiment? basis) => (parsed.GetValue(optimizer), parsed.GetValue(learningRate)) switch
        {
            (null, null) => basis!.Training.Optimizer,
            (null, { } rate) => TrainingWords.WithLearningRate(basis!.Training.Optimizer, rate),
            ({ } name, var rate) => TrainingWords.Optimizer(name, rate ?? basis!.Training.Optimizer.LearningRate),
        };

        Loss ChooseLoss(ParseResult parsed, Experiment? basis, Sequential network) =>
            parsed.GetValue(loss) is { } name ? TrainingWords.Losses[name]
            : basis is not null && parsed.GetValue(layers) is null ? basis.Training.Loss
            : TrainingWords.Losses[network.OutputShape[^1] == 1 ? "sigmoid" : "softmax"];

        (Dataset Train, Dataset? Test) Load(ParseResult parsed, string question)
        {
            var (folder, trainFile, testFile) = (parsed.GetValue(data), parsed.GetValue(csv), parsed.GetValue(testCsv));
            if (trainFile is not null && folder is not null)
                throw new UsageException("--data and --csv both name a data set. Give one of them.");
            if (trainFile is null && testFile is not null)
                throw new UsageException("--test-csv goes with --csv.");
            if (trainFile is null)
            {
                var (train, test) = Inputs.Load(folder);
                return (Tasks.For(question, train), Tasks.For(question, test));
            }
            var fromFile = KaggleCsv.Read(trainFile);
            var testFromFile = testFile is null ? null : KaggleCsv.Read(testFile, fromFile.HasLabels ? fromFile.ClassCount : null);
            return (Tasks.For(question, fromFile), testFromFile is null ? null : Tasks.For(question, testFromFile));
        }

        Sequential Build(ParseResult parsed, Experiment? basis, Dataset train, int number)
        {
            if (parsed.GetValue(layers) is not { } text)
                return basis!.Build(train, number);
            return Inputs.Network(text, train.ImageShape, number);
        }

        static (Dataset Train, Dataset? Validation) HoldOut(Dataset train, double share, int number)
        {
            if (share is not (>= 0 and < 1))
            {
                throw new UsageException(FormattableString.Invariant(
                    $"--validation-fraction must be from 0 up to, and without, 1, but it is {share}."));
            }
            return share == 0 ? (train, null) : train.StratifiedHoldOut(share, number);
        }

        static History Fit(Terminal terminal, Sequential network, Dataset train, TrainingOptions options, CancellationToken cancellation)
        {
            if (File.Exists(options.Checkpoint))
                terminal.Line($"Going on from {options.Checkpoint}. To start afresh, delete that file.");
            try
            {
                return TrainingDisplay.Run(terminal, train.Count, progress => network.Fit(train, options, progress, cancellation));
            }
            catch (OperationCanceledException)
            {
                terminal.Line(options.Checkpoint is null
                    ? "Stopped. Nothing was kept; with --checkpoint FILE the next training can be continued."
                    : File.Exists(options.Checkpoint)
                        ? $"Stopped. The finished epochs are in {options.Checkpoint}: the same command goes on from there."
                        : "Stopped in the first epoch: nothing was kept.");
                throw;
            }
        }

        static void WriteJson(Terminal terminal, Sequential network, History history, Evaluation? evaluation) => Json.Write(terminal.Output, new
        {
            network.ParameterCount,
            history.BestEpoch,
            Seconds = history.TrainingSeconds,
            history.Epochs,
            TestAccuracy = evaluation?.Accuracy,
            TestLoss = evaluation?.Loss,
        });

        static void Report(Terminal terminal, History history, Evaluation? evaluation)
        {
            terminal.Line();
            if (history.BestEpoch < history.Epochs.Count)
                terminal.Line($"The network is that of epoch {history.BestEpoch}, the best on the validation set.");
            terminal.Line($"Trained for {Numbers.Count(history.Epochs.Count, "epoch")} in {Numbers.Duration(history.TrainingSeconds)}.");
            if (evaluation is not null)
            {
                terminal.Line(FormattableString.Invariant($"Test accuracy {Numbers.Percent(evaluation.Accuracy)}, loss {evaluation.Loss:F4}, ")
                    + $"on {Numbers.Count(evaluation.Count, "image")}.");
            }
        }

        static void Save(
            Terminal terminal, string file, Sequential network, TrainingOptions options, string question, Evaluation? evaluation)
        {
            network.Save(file, ModelNotes.Of(question, options, evaluation?.Accuracy));
            terminal.Line($"Saved to {file}. Try: deepdigits evaluate {file}");
        }

        /// <summary>A long training must not end with a file that has no place.</summary>
        static void PrepareFolder(string? path, string option)
        {
            if (path is null)
                return;
            if (Directory.Exists(path))
                throw new UsageException($"{option} {path} is a folder. Name a file in it.");
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        }
    }
}
