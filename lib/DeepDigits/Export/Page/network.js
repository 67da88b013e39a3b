// The network. Images are rows of numbers, pixel by pixel and in a pixel channel by channel. Each layer has forward(x), and backward(dy), which is given how much
// something changes with the layer's output and says how much it changes with the layer's input.

const bytesOf = base64 => Uint8Array.from(atob(base64), character => character.charCodeAt(0));
const floatsOf = base64 => new Float32Array(bytesOf(base64).buffer);

// Weights are whole numbers q of 8 or 4 bits, stored as q + most; the weight is q times the scale of its unit or filter.
function weightsOf(layer, bits, count) {
    const bytes = bytesOf(layer.weight), scales = floatsOf(layer.scales), most = 2 ** (bits - 1) - 1;
    return Float64Array.from({ length: count }, (_, i) => ((bits === 8 ? bytes[i] : bytes[i >> 1] >> 4 * (i % 2) & 15) - most) * scales[i % scales.length]);
}

// What lies under each position of a sliding window: the pixels by number, each with its number in the window. Padding is left out.
function windowsOf({ input: [height, width], output: [rows, columns], kernel, stride, before }) {
    const windows = [];
    for (let i = 0; i < rows; i++)
        for (let j = 0; j < columns; j++) {
            const under = [];
            for (let u = 0; u < kernel[0]; u++)
                for (let v = 0; v < kernel[1]; v++) {
                    const row = i * stride + u - before[0], column = j * stride + v - before[1];
                    if (row >= 0 && row < height && column >= 0 && column < width) under.push([row * width + column, u * kernel[1] + v]);
                }
            windows.push(under);
        }
    return windows;
}

// Rows of a matrix, each times a number, to be added up. This is where the time goes. So numbers that are 0, of which relu leaves many, are left out, and eight rows are added at once.
function weightedRows(matrix, width, most) {
    const numbers = new Float64Array(most + 7), starts = new Int32Array(most + 7);
    let count = 0;
    return {
        take(number, row) {
            if (number === 0) return;
            numbers[count] = number;
            starts[count++] = row * width;
        },
        addTo(y, at, firstRow) {
            numbers.fill(0, count, count + 7);
            const first = firstRow * width;
            for (let n = 0; n < count; n += 8) {
                const a = numbers[n], b = numbers[n + 1], c = numbers[n + 2], d = numbers[n + 3], e = numbers[n + 4], f = numbers[n + 5], g = numbers[n + 6], h = numbers[n + 7];
                const A = first + starts[n], B = first + starts[n + 1], C = first + starts[n + 2], D = first + starts[n + 3];
                const E = first + starts[n + 4], F = first + starts[n + 5], G = first + starts[n + 6], H = first + starts[n + 7];
                for (let w = 0; w < width; w++)
                    y[at + w] += (a * matrix[A + w] + b * matrix[B + w] + c * matrix[C + w] + d * matrix[D + w]) + (e * matrix[E + w] + f * matrix[F + w] + g * matrix[G + w] + h * matrix[H + w]);
            }
        },
        clear() { count = 0; },
    };
}

const size = shape => shape.reduce((product, n) => product * n, 1);

// A convolution: in each window, y = bias + the sum of x[pixel, channel] * weight[place in the window, channel, filter]. A dense layer is one with one window over one pixel.
function convolution(layer, bits, windows, channels, taps) {
    const bias = floatsOf(layer.bias), filters = bias.length, weight = weightsOf(layer, bits, taps * channels * filters);
    const turned = new Float64Array(weight.length); // [place in the window, filter, channel]
    weight.forEach((value, i) => {
        const f = i % filters, c = Math.floor(i / filters) % channels, tap = Math.floor(i / filters / channels);
        turned[(tap * filters + f) * channels + c] = value;
    });
    const ahead = weightedRows(weight, filters, taps * channels), back = weightedRows(turned, channels, filters);
    return {
        forward(x) {
            const y = new Float32Array(size(layer.output));
            windows.forEach((under, place) => {
                y.set(bias, place * filters);
                ahead.clear();
                for (const [pixel, tap] of under)
                    for (let c = 0; c < channels; c++) ahead.take(x[pixel * channels + c], tap * channels + c);
                ahead.addTo(y, place * filters, 0);
            });
            return y;
        },
        backward(dy) {
            const dx = new Float32Array(size(layer.input));
            windows.forEach((under, place) => {
                back.clear();
                for (let f = 0; f < filters; f++) back.take(dy[place * filters + f], f);
                for (const [pixel, tap] of under) back.addTo(dx, pixel * channels, tap * filters);
            });
            return dx;
        },
        weight,
    };
}

const layerKinds = {
    dense: (layer, bits) => convolution(layer, bits, [[[0, 0]]], size(layer.input), 1),
    conv2d: (layer, bits) => convolution(layer, bits, windowsOf(layer), layer.input[2], size(layer.kernel)),

    maxpool2d(layer) {
        const channels = layer.input[2], windows = windowsOf(layer), winner = new Int32Array(size(layer.output));
        return {
            forward(x) {
                const y = new Float32Array(winner.length).fill(-Infinity);
                windows.forEach((under, place) => {
                    for (const [pixel] of under)
                        for (let c = 0, i = pixel * channels, o = place * channels; c < channels; c++, i++, o++)
                            if (x[i] > y[o]) [y[o], winner[o]] = [x[i], i];
                });
                return y;
            },
            backward(dy) {
                const dx = new Float32Array(size(layer.input));
                dy.forEach((gradient, o) => { dx[winner[o]] += gradient; });
                return dx;
            },
        };
    },

    averagepool2d(layer) {
        const channels = layer.input[2], windows = windowsOf(layer);
        // Calls visit(number in the input, number in the output, share) for whatever goes into an average.
        const each = visit => windows.forEach((under, place) => {
            for (const [pixel] of under)
                for (let c = 0; c < channels; c++) visit(pixel * channels + c, place * channels + c, 1 / under.length);
        });
        return {
            forward(x) {
                const y = new Float32Array(size(layer.output));
                each((i, o, share) => { y[o] += share * x[i]; });
                return y;
            },
            backward(dy) {
                const dx = new Float32Array(size(layer.input));
                each((i, o, share) => { dx[i] += share * dy[o]; });
                return dx;
            },
        };
    },

    // In use, a normalization is a line for each channel.
    batchnorm(layer) {
        const scales = floatsOf(layer.scales), shifts = floatsOf(layer.shifts), channels = scales.length;
        return {
            forward: x => x.map((value, i) => value * scales[i % channels] + shifts[i % channels]),
            backward: dy => dy.map((gradient, i) => gradient * scales[i % channels]),
        };
    },

    relu: () => elementwise(x => Math.max(x, 0), y => y > 0 ? 1 : 0),
    sigmoid: () => elementwise(x => 1 / (1 + Math.exp(-x)), y => y * (1 - y)),
    tanh: () => elementwise(Math.tanh, y => 1 - y * y),
};

// A function of each number, with its slope as a function of the output.
function elementwise(apply, slope) {
    let y;
    return { forward: x => y = x.map(apply), backward: dy => dy.map((gradient, i) => gradient * slope(y[i])) };
}

class Network {
    constructor(model) {
        this.layers = model.layers.map(layer => ({ ...layer, ...layerKinds[layer.kind](layer, model.bits) }));
    }

    // The outputs of all layers, the logits last.
    forward(x) {
        return this.layers.map(layer => x = layer.forward(x));
    }

    // How much the sum of (direction * logits) changes with each pixel of the last image.
    slopes(direction) {
        return this.layers.reduceRight((gradient, layer) => layer.backward(gradient), direction);
    }
}

// Logits as probabilities. One logit answers yes or no: it stands for the second of two classes.
function probabilitiesOf(logits) {
    const scores = logits.length === 1 ? [0, logits[0]] : [...logits];
    const largest = Math.max(...scores), powers = scores.map(z => Math.exp(z - largest)), sum = powers.reduce((a, b) => a + b);
    return powers.map(power => power / sum);
}
