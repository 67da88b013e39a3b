// The network. Images are rows of numbers, pixel by pixel and in a pixel channel by channel. Each layer has forward(x), and backward(dy), which is given how much
// something changes with the layer's output and says how much it changes with the layer's input.

const bytesOf = base64 => Uint8Array.from(atob(base64), character => character.charCodeAt(0));
const floatsOf = base64 => new Float32Array(bytesOf(base64).buffer);

// Weights are whole numbers q of 8 or 4 bits, stored as q + most; the weight is q times the scale of its unit or filter.
function weightsOf(layer, bits) {
    const bytes = bytesOf(layer.weight), scales = floatsOf(layer.scales), most = 2 ** (bits - 1) - 1;
    const weights = new Float32Array(bits === 8 ? bytes.length : layer.input.at(-1) * scales.length * (layer.kernel ? layer.kernel[0] * layer.kernel[1] : 1));
    for (let i = 0; i < weights.length; i++) {
        const q = (bits === 8 ? bytes[i] : bytes[i >> 1] >> 4 * (i % 2) & 15) - most;
        weights[i] = q * scales[i % scales.length];
    }
    return weights;
}

// Calls visit(place of the pixel in x, place of the window in y, row and column in the window) for every pixel under every position of a sliding window.
function slide({ input: [height, width, channels], output: [rows, columns, outputs], kernel, stride, before }, visit) {
    for (let i = 0; i < rows; i++)
        for (let j = 0; j < columns; j++)
            for (let u = 0; u < kernel[0]; u++)
                for (let v = 0; v < kernel[1]; v++) {
                    const row = i * stride + u - before[0], column = j * stride + v - before[1];
                    if (row >= 0 && row < height && column >= 0 && column < width)
                        visit((row * width + column) * channels, (i * columns + j) * outputs, u, v);
                }
}

const size = shape => shape.reduce((product, n) => product * n, 1);

const layerKinds = {
    dense(layer, bits) {
        const weight = weightsOf(layer, bits), bias = floatsOf(layer.bias), units = bias.length;
        return {
            forward(x) {
                const y = bias.slice();
                for (let i = 0; i < x.length; i++)
                    if (x[i] !== 0)
                        for (let u = 0; u < units; u++) y[u] += x[i] * weight[i * units + u];
                return y;
            },
            backward(dy) {
                const dx = new Float32Array(weight.length / units);
                for (let i = 0; i < dx.length; i++)
                    for (let u = 0; u < units; u++) dx[i] += dy[u] * weight[i * units + u];
                return dx;
            },
            weight,
        };
    },

    conv2d(layer, bits) {
        const weight = weightsOf(layer, bits), bias = floatsOf(layer.bias), filters = bias.length, channels = layer.input[2];
        const firstWeight = (u, v) => (u * layer.kernel[1] + v) * channels * filters;
        return {
            forward(x) {
                const y = new Float32Array(size(layer.output));
                for (let i = 0; i < y.length; i++) y[i] = bias[i % filters];
                slide(layer, (pixel, place, u, v) => {
                    for (let c = 0, w = firstWeight(u, v); c < channels; c++, w += filters)
                        if (x[pixel + c] !== 0)
                            for (let f = 0; f < filters; f++) y[place + f] += x[pixel + c] * weight[w + f];
                });
                return y;
            },
            backward(dy) {
                const dx = new Float32Array(size(layer.input));
                slide(layer, (pixel, place, u, v) => {
                    for (let f = 0; f < filters; f++)
                        if (dy[place + f] !== 0)
                            for (let c = 0, w = firstWeight(u, v) + f; c < channels; c++, w += filters) dx[pixel + c] += dy[place + f] * weight[w];
                });
                return dx;
            },
        };
    },

    maxpool2d(layer) {
        const channels = layer.input[2];
        let winner;
        return {
            forward(x) {
                const y = new Float32Array(size(layer.output)).fill(-Infinity);
                winner = new Int32Array(y.length);
                slide(layer, (pixel, place) => {
                    for (let c = 0; c < channels; c++)
                        if (x[pixel + c] > y[place + c]) { y[place + c] = x[pixel + c]; winner[place + c] = pixel + c; }
                });
                return y;
            },
            backward(dy) {
                const dx = new Float32Array(size(layer.input));
                dy.forEach((gradient, i) => { dx[winner[i]] += gradient; });
                return dx;
            },
        };
    },

    averagepool2d(layer) {
        const channels = layer.input[2], pixels = new Float32Array(size(layer.output));
        slide(layer, (_, place) => { for (let c = 0; c < channels; c++) pixels[place + c]++; });
        return {
            forward(x) {
                const y = new Float32Array(pixels.length);
                slide(layer, (pixel, place) => { for (let c = 0; c < channels; c++) y[place + c] += x[pixel + c] / pixels[place + c]; });
                return y;
            },
            backward(dy) {
                const dx = new Float32Array(size(layer.input));
                slide(layer, (pixel, place) => { for (let c = 0; c < channels; c++) dx[pixel + c] += dy[place + c] / pixels[place + c]; });
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
