#!/usr/bin/env python3
"""Writes reference.safetensors: what PyTorch computes for layers, losses, optimizers and whole trainings.

Needs NumPy and PyTorch (Debian: python3-numpy, python3-torch; made with 1.24 and 1.13) and MNIST in data/mnist. Everything is computed in double precision
from numbers that 32-bit floats hold exactly, and rounded once, at the end: so what differs from it is DeepDigits' own rounding, not PyTorch's.

The long trainings begin with the weights and the shuffling that DeepDigits draws from a seed. They are drawn here once more, from the published descriptions
(Philox4x32-10, SplitMix64, Lemire's bounded integers, the inverse normal distribution of Python's own library): so they are a check of those as well.
"""
import gzip
import json
import math
import pathlib
import statistics
import struct

import numpy as np
import torch
from torch.nn import functional

FOLDER = pathlib.Path(__file__).parent
MNIST = FOLDER.parents[2] / "data" / "mnist"
reference = {}


def add(name, value):
    reference[name] = np.asarray(value.detach() if isinstance(value, torch.Tensor) else value, dtype="<f4")


def draw(*shape, scale=1.0):
    """Normal numbers that a 32-bit float holds exactly, in double precision."""
    return (scale * torch.randn(*shape)).float().double()


# ---- Layers: outputs, and gradients for a given dLoss/dOutput. ----

torch.manual_seed(1)


def layer(name, function, *inputs, names=("input",)):
    """Stores the inputs, the output, an arbitrary gradient of the output and what follows from it for each input."""
    inputs = [tensor.requires_grad_() for tensor in inputs]
    output = function(*inputs)
    gradient = draw(*output.shape)
    output.backward(gradient)
    add(f"{name}/output", output)
    add(f"{name}/outputGradient", gradient)
    for tensor, what in zip(inputs, names):
        add(f"{name}/{what}", tensor)
        add(f"{name}/{what}Gradient", tensor.grad)


for name, (rows, inputs, units) in (("dense-small", (1, 1, 1)), ("dense", (5, 7, 3)), ("dense-large", (67, 130, 71))):
    layer(name, lambda x, w, b: functional.linear(x, w.T, b), draw(rows, inputs), draw(inputs, units), draw(units), names=("input", "weight", "bias"))
points = torch.cat([draw(61, scale=3), torch.tensor([0.0, -0.0, 1e-4, -1e-4, 20, -20, 90, -90])]).double().reshape(3, 23)
for name, function in (("relu", torch.relu), ("sigmoid", torch.sigmoid), ("tanh", torch.tanh)):
    layer(name, function, points.clone())
layer("flatten", lambda x: torch.flatten(x, start_dim=1), draw(4, 3, 5, 2))
for probability in (0.25, 0.5):
    ones = torch.ones(1000, dtype=torch.float64)
    add(f"dropout/{probability}", functional.dropout(ones, probability).max())  # what becomes of a 1 that is kept

# ---- Losses: values, and gradients for the logits. ----


def loss(name, function, logits, labels):
    logits = logits.requires_grad_()
    value = function(logits, labels)
    value.backward()
    add(f"{name}/logits", logits)
    add(f"{name}/labels", labels.double())
    add(f"{name}/loss", value)
    add(f"{name}/gradient", logits.grad)


def one_hot(logits, labels):
    return functional.one_hot(labels, logits.shape[1]).double()


def sigmoid_cross_entropy(logits, labels):
    target = one_hot(logits, labels) if logits.shape[1] > 1 else labels.double().reshape(-1, 1)
    return functional.binary_cross_entropy_with_logits(logits, target, reduction="sum") / len(labels)


def sigmoid_cross_entropy_over_softmax(logits, labels):
    return functional.binary_cross_entropy_with_logits(torch.softmax(logits, dim=1), one_hot(logits, labels))


def softmax_cross_entropy_over_softmax(logits, labels):
    return functional.cross_entropy(torch.softmax(logits, dim=1), labels)


torch.manual_seed(2)
extremes = torch.tensor([[0.0] * 10, [100.0] + [0.0] * 9, [-100.0] + [0.0] * 9, [1000.0, -1000.0] + [1.0] * 8])
some_logits = torch.cat([draw(13, 10, scale=3), extremes.double()])
some_labels = torch.randint(0, 10, (17,))
some_labels[13:] = torch.tensor([3, 0, 0, 1])
for name, function in (("softmax", functional.cross_entropy), ("sigmoid", sigmoid_cross_entropy), ("sigmoid-over-softmax", sigmoid_cross_entropy_over_softmax)):
    loss(f"loss-{name}", function, some_logits.clone(), some_labels)
loss("loss-softmax-over-softmax", softmax_cross_entropy_over_softmax, some_logits.clone(), some_labels)
for smoothing in (0.125, 0.5):
    loss(f"loss-softmax-smooth-{smoothing}", lambda z, y: functional.cross_entropy(z, y, label_smoothing=smoothing), some_logits.clone(), some_labels)
loss("loss-softmax-2", functional.cross_entropy, draw(5, 2), torch.randint(0, 2, (5,)))
loss("loss-sigmoid-1", sigmoid_cross_entropy, torch.cat([draw(11, 1, scale=3), torch.tensor([[0.0], [50.0], [-50.0], [1000.0]]).double()]), torch.randint(0, 2, (15,)))

# ---- Optimizers: a parameter after each of 20 steps with given gradients. ----

torch.manual_seed(3)
start = draw(37)
gradients = draw(20, 37)
gradients[:, 5] = 0  # a number that never gets a gradient
gradients[:, 6] *= 2.0 ** -30  # and one whose gradients are tiny
add("optimizer/start", start)
add("optimizer/gradients", gradients)
RECIPES = {
    "gradient-descent": lambda parameters: torch.optim.SGD(parameters, lr=0.125),
    "momentum": lambda parameters: torch.optim.SGD(parameters, lr=0.03125, momentum=0.875),
    "adam": lambda parameters: torch.optim.Adam(parameters, lr=2.0 ** -10),
    # Weights decay, biases do not; where there is a single parameter, it is a weight.
    "adamw": lambda parameters: torch.optim.AdamW([
        {"params": [p for p in parameters if p.dim() > 1 or len(parameters) == 1], "weight_decay": 0.25},
        {"params": [p for p in parameters if p.dim() == 1 and len(parameters) > 1], "weight_decay": 0.0}], lr=2.0 ** -6),
    "adam-other": lambda parameters: torch.optim.Adam(parameters, lr=0.125, betas=(0.75, 0.9375), eps=2.0 ** -6),
}
for name, recipe in RECIPES.items():
    parameter = start.clone().requires_grad_()
    optimizer = recipe([parameter])
    steps = []
    for gradient in gradients:
        parameter.grad = gradient.clone()
        optimizer.step()
        steps.append(parameter.detach().clone())
    add(f"optimizer/{name}", torch.stack(steps))

# ---- Whole trainings: the loss of each of 20 steps. ----


def train(layers, optimizer, function, batches):
    """The loss before each step. The layers are pairs of weights and biases, with a function between them."""
    losses = []
    for images, labels in batches:
        optimizer.zero_grad()
        value = function(layers(images), labels)
        value.backward()
        optimizer.step()
        losses.append(value.item())
    return losses


# A small network with every activation, from weights that stand in the file.
torch.manual_seed(4)
sizes = (6, 11, 9, 7, 3)
images, labels = draw(20 * 8, 6), torch.randint(0, 3, (20 * 8,))
add("small/images", images)
add("small/labels", labels.double())
first = [(draw(a, b, scale=a ** -0.5), draw(b, scale=0.1)) for a, b in zip(sizes, sizes[1:])]
for i, (weight, bias) in enumerate(first):
    add(f"small/weight{i}", weight)
    add(f"small/bias{i}", bias)
batches = [(images[8 * i:8 * i + 8], labels[8 * i:8 * i + 8]) for i in range(20)]
for optimizer_name, recipe in RECIPES.items():
    for loss_name, function in (("softmax", functional.cross_entropy), ("sigmoid", sigmoid_cross_entropy), ("sigmoid-over-softmax", sigmoid_cross_entropy_over_softmax)):
        weights = [(weight.clone().requires_grad_(), bias.clone().requires_grad_()) for weight, bias in first]

        def network(x):
            for (weight, bias), activation in zip(weights, (torch.relu, torch.sigmoid, torch.tanh, lambda y: y)):
                x = activation(x @ weight + bias)
            return x
        optimizer = recipe([tensor for pair in weights for tensor in pair])
        add(f"small/{optimizer_name}/{loss_name}", train(network, optimizer, function, batches))


class Philox:
    """DeepDigits' SeededRandom: Philox4x32-10 with the seed as its key and the stream as the upper half of the counter, in whole blocks of four words."""

    def __init__(self, seed, *names):
        self.key = (seed & 0xFFFFFFFF, (seed >> 31) & 0xFFFFFFFF)
        stream = 0
        for name in names:  # the finalizer of SplitMix64
            value = (stream + 0x9E3779B97F4A7C15 + (name & 0xFFFFFFFF)) % 2 ** 64
            value = ((value ^ (value >> 30)) * 0xBF58476D1CE4E5B9) % 2 ** 64
            value = ((value ^ (value >> 27)) * 0x94D049BB133111EB) % 2 ** 64
            stream = value ^ (value >> 31)
        self.stream = stream
        self.words = iter(())
        self.block = 0

    def draw(self, count):
        """The first words of the stream."""
        blocks = np.arange((count + 3) // 4, dtype=np.uint64)
        low = np.uint64(0xFFFFFFFF)
        counter = [blocks & low, blocks >> np.uint64(32), np.full_like(blocks, self.stream & 0xFFFFFFFF), np.full_like(blocks, self.stream >> 32)]
        key = self.key
        for _ in range(10):
            left, right = counter[0] * np.uint64(0xD2511F53), counter[2] * np.uint64(0xCD9E8D57)
            counter = [(right >> np.uint64(32)) ^ counter[1] ^ np.uint64(key[0]), right & low,
                       (left >> np.uint64(32)) ^ counter[3] ^ np.uint64(key[1]), left & low]
            key = ((key[0] + 0x9E3779B9) & 0xFFFFFFFF, (key[1] + 0xBB67AE85) & 0xFFFFFFFF)
        return np.stack(counter, axis=1).reshape(-1)[:count]

    def permutation(self, count):
        """Fisher-Yates from the last place to the first, with Lemire's unbiased bounded integers."""
        words = iter(self.draw(2 * count).tolist())
        order = list(range(count))
        for last in range(count - 1, 0, -1):
            bound = last + 1
            product = next(words) * bound
            if product % 2 ** 32 < bound:
                while product % 2 ** 32 < (2 ** 32 - bound) % bound:
                    product = next(words) * bound
            chosen = product >> 32
            order[last], order[chosen] = order[chosen], order[last]
        return order


def he_normal(seed, position, inputs, units):
    """32-bit floats: the root of the variance, times normal numbers."""
    quantile = statistics.NormalDist().inv_cdf
    words = Philox(seed, 1, position).draw(inputs * units)
    normal = np.array([quantile((word + 0.5) / 2 ** 32) for word in words.tolist()], dtype=np.float32)
    return torch.from_numpy(np.float32(math.sqrt(2 / inputs)) * normal).double().reshape(inputs, units)


def he_uniform(seed, position, inputs, units):
    words = Philox(seed, 1, position).draw(inputs * units)
    uniform = (words >> np.uint64(8)).astype(np.float32) * np.float32(2.0 ** -24)
    return torch.from_numpy(np.float32(math.sqrt(6 / inputs)) * (2 * uniform - 1)).double().reshape(inputs, units)


def glorot_uniform(seed, position, window, inputs, outputs):
    """window: the pixels that a filter sees; 1 for a dense layer."""
    words = Philox(seed, 1, position).draw(window * inputs * outputs)
    uniform = (words >> np.uint64(8)).astype(np.float32) * np.float32(2.0 ** -24)
    return torch.from_numpy(np.float32(math.sqrt(6 / (window * (inputs + outputs)))) * (2 * uniform - 1)).double()


def idx(name, header):
    with gzip.open(MNIST / name) as file:
        return np.frombuffer(file.read(), dtype=np.uint8, offset=header)


# The MLP 784-128-256-512-10 of the first project, on the first 1000 digits in a shuffled order, with DeepDigits' own first weights.
#
# At its kink, where the input is 0, relu's derivative jumps from 0 to 1. Nearer to it than the rounding of 32 bits, either may come out, and one such decision
# changes the losses after it by some 0.01 %: PyTorch in 32 bits then departs from PyTorch in 64 bits. With this seed no input comes that near (see the end).
COUNT, BATCH, SEED = 1000, 50, 108
nearest = math.inf
images = torch.from_numpy(idx("train-images-idx3-ubyte.gz", 16)[:784 * COUNT].astype(np.float32) / np.float32(255)).double().reshape(COUNT, 784)
labels = torch.from_numpy(idx("train-labels-idx1-ubyte.gz", 8)[:COUNT].astype(np.int64))
order = Philox(SEED, 2, 1).permutation(COUNT)
batches = [(images[order[i:i + BATCH]], labels[order[i:i + BATCH]]) for i in range(0, COUNT, BATCH)]
sizes = (784, 128, 256, 512, 10)
for initializer in (he_normal, he_uniform):
    for name, recipe in (("gradient-descent", lambda p: torch.optim.SGD(p, lr=0.0625)), ("momentum", lambda p: torch.optim.SGD(p, lr=2.0 ** -6, momentum=0.875)),
                         ("adam", lambda p: torch.optim.Adam(p, lr=2.0 ** -10))):
        # Layer 0 flattens; a Dense layer and a Relu follow in turn.
        weights = [initializer(SEED, 1 + 2 * i, a, b).requires_grad_() for i, (a, b) in enumerate(zip(sizes, sizes[1:]))]
        biases = [torch.zeros(b, dtype=torch.float64, requires_grad=True) for b in sizes[1:]]

        def network(x):
            global nearest
            for i, (weight, bias) in enumerate(zip(weights, biases)):
                x = x @ weight + bias
                if i < len(weights) - 1:
                    nearest = min(nearest, x.abs().min().item())
                    x = torch.relu(x)
            return x
        add(f"mlp/{initializer.__name__}/{name}", train(network, recipe(weights + biases), functional.cross_entropy, batches))

assert nearest > 5e-7, f"An input of relu is as near to its kink as {nearest}: choose another seed."

# ---- Convolution and pooling. DeepDigits' images are [n, height, width, channels], PyTorch's [n, channels, height, width]. ----

torch.manual_seed(5)


def first(x):
    """Channels first."""
    return x.permute(0, 3, 1, 2)


def last(x):
    """Channels last."""
    return x.permute(0, 2, 3, 1)


def convolve(x, w, b, stride=1, pad=(0, 0, 0, 0)):
    """With zeros before and after: left, right, top, bottom."""
    return last(functional.conv2d(functional.pad(first(x), pad), w.permute(3, 2, 0, 1), b, stride))


for name, shape, kernel, filters, stride, pad in (
        ("conv-small", (1, 1, 1, 1), (1, 1), 1, 1, (0, 0, 0, 0)), ("conv-valid", (3, 7, 9, 2), (3, 3), 5, 1, (0, 0, 0, 0)),
        ("conv-same", (2, 9, 8, 3), (5, 5), 17, 1, (2, 2, 2, 2)), ("conv-same-even", (2, 6, 5, 2), (2, 4), 3, 1, (1, 2, 0, 1)),
        ("conv-stride", (2, 7, 8, 3), (3, 3), 4, 2, (0, 1, 1, 1)), ("conv-first", (4, 28, 28, 1), (3, 3), 32, 1, (1, 1, 1, 1))):
    layer(name, lambda x, w, b: convolve(x, w, b, stride, pad), draw(*shape), draw(*kernel, shape[3], filters), draw(filters), names=("input", "weight", "bias"))
layer("maxpool", lambda x: last(functional.max_pool2d(first(x), 2)), draw(3, 7, 6, 5))
layer("maxpool-same", lambda x: last(functional.max_pool2d(first(x), 3, 2, 1)), draw(2, 7, 5, 4))
layer("averagepool", lambda x: last(functional.avg_pool2d(first(x), 2)), draw(3, 7, 6, 5))
layer("averagepool-same", lambda x: last(functional.avg_pool2d(first(x), 3, 2, 1, count_include_pad=False)), draw(2, 7, 5, 4))
layer("globalaveragepool", lambda x: first(x).mean(dim=(2, 3)), draw(3, 4, 5, 6))

# The two convolutional networks, on 500 digits in batches of 25, with DeepDigits' own first weights.
COUNT, BATCH = 500, 25
order = Philox(SEED, 2, 1).permutation(COUNT)
batches = [(images[order[i:i + BATCH]].reshape(BATCH, 28, 28, 1), labels[order[i:i + BATCH]]) for i in range(0, COUNT, BATCH)]
# Each layer: its position in DeepDigits' network, the kernel (none for a dense layer), inputs and outputs, and zeros around the image.
NETWORKS = {
    "lenet": ((0, 5, 1, 8, 2), (3, 5, 8, 16, 0), (7, None, 400, 120, 0), (9, None, 120, 84, 0), (11, None, 84, 10, 0)),
    "cnn": ((0, 3, 1, 32, 1), (3, 3, 32, 64, 1), (7, None, 3136, 1000, 0), (9, None, 1000, 10, 0)),
}
for name, layers in NETWORKS.items():
    weights, biases = [], []
    for position, kernel, inputs, outputs, _ in layers:
        window = kernel * kernel if kernel else 1
        weight = glorot_uniform(SEED, position, window, inputs, outputs)
        weights.append(weight.reshape((kernel, kernel, inputs, outputs) if kernel else (inputs, outputs)).clone().requires_grad_())
        biases.append(torch.zeros(outputs, dtype=torch.float64, requires_grad=True))

    def network(x):
        for i, (_, kernel, _, _, zeros) in enumerate(layers):
            if kernel:
                x = torch.relu(convolve(x, weights[i], biases[i], 1, (zeros,) * 4))
                x = last(functional.max_pool2d(first(x), 2))
            else:
                x = x.reshape(len(x), -1) @ weights[i] + biases[i]
                x = torch.relu(x) if i < len(layers) - 1 else x
        return x
    add(f"{name}/adam", train(network, torch.optim.Adam(weights + biases, lr=2.0 ** -10), functional.cross_entropy, batches))

# ---- Batch normalization: two training steps on the same batch, then in use. ----

torch.manual_seed(6)


def batch_norm(x, gamma, beta, mean, variance, training):
    """Over all axes but the last. DeepDigits' momentum of 0.75 is what is kept, PyTorch's of 0.25 what is new."""
    return functional.batch_norm(x.reshape(-1, x.shape[-1]), mean, variance, gamma, beta, training, 0.25, 1 / 1024).reshape(x.shape)


for name, shape in (("batchnorm-dense", (9, 21)), ("batchnorm-image", (5, 6, 7, 19))):
    channels = shape[-1]
    x, gamma, beta = draw(*shape, scale=2) + draw(channels), draw(channels), draw(channels)
    mean, variance = torch.zeros(channels).double(), torch.ones(channels).double()
    batch_norm(x, gamma, beta, mean, variance, True)
    layer(name, lambda x, g, b: batch_norm(x, g, b, mean, variance, True), x.clone(), gamma, beta, names=("input", "gamma", "beta"))
    add(f"{name}/mean", mean)
    add(f"{name}/variance", variance)
    x.requires_grad_()
    in_use = batch_norm(x, gamma.detach(), beta.detach(), mean, variance, False)
    in_use.backward(torch.from_numpy(reference[f"{name}/outputGradient"]).double())
    add(f"{name}/inUse", in_use)
    add(f"{name}/inUseGradient", x.grad)

# ---- The file. ----

header, data = {}, b""
for name, value in reference.items():
    header[name] = {"dtype": "F32", "shape": list(value.shape), "data_offsets": [len(data), len(data) + value.nbytes]}
    data += value.tobytes()
text = json.dumps(header, separators=(",", ":")).encode()
text += b" " * (-len(text) % 8)
(FOLDER / "reference.safetensors").write_bytes(struct.pack("<Q", len(text)) + text + data)
print(len(reference), "tensors,", len(data), "bytes of data")
