// TensorFlow.js loads every network over HTTP, as a page would, computes 500 images (the WebAssembly backend), and trains two networks for three steps (plain JavaScript).
import fs from "node:fs";
import http from "node:http";
import path from "node:path";
import { createRequire } from "node:module";
import { check, compare, end, floats, folder, models, size, steps } from "./material.mjs";

const require = createRequire(import.meta.url);
const tf = require("@tensorflow/tfjs"), wasm = require("@tensorflow/tfjs-backend-wasm");
wasm.setWasmPaths(path.dirname(require.resolve("@tensorflow/tfjs-backend-wasm/package.json")) + "/wasm-out/");

// Each file on a connection of its own: a kept one may end while the next file is asked for.
const server = http.createServer((request, response) => response.setHeader("connection", "close").end(fs.readFileSync(path.join(folder, decodeURIComponent(request.url)))));
await new Promise(done => server.listen(0, "127.0.0.1", done));
const load = name => tf.loadLayersModel(`http://127.0.0.1:${server.address().port}/${name}/model.json`);

await tf.setBackend("wasm");
for (const entry of models) {
    const model = await load(`${entry.name}-tfjs`), rows = Math.min(500, entry.count);
    const images = tf.tensor(floats(entry.images).slice(0, rows * size(entry.inputShape)), [rows, ...entry.inputShape]);
    compare("TensorFlow.js", entry, await model.predict(images, { batchSize: 100 }).data(), rows);
    check(`${entry.name}: the description is there`, model.getUserDefinedMetadata().title === entry.name, JSON.stringify(model.getUserDefinedMetadata()));
}

await tf.setBackend("cpu");
for (const { name, examples, learningRate, labels, losses } of steps) {
    const model = await load(`${name}-start-tfjs`), images = floats(`${name}.steps.bin`);
    const softmaxCrossEntropy = (labels, logits) => tf.losses.softmaxCrossEntropy(labels, logits);
    model.compile({ optimizer: tf.train.adam(learningRate, 0.9, 0.999, 1e-8), loss: softmaxCrossEntropy });
    const theirs = [];
    for (let step = 0; step < losses.length; step++) {
        const first = step % (losses.length - 1) * examples;
        const x = tf.tensor(images.slice(first * 784, (first + examples) * 784), [examples, 28, 28, 1]), y = tf.oneHot(tf.tensor1d(labels.slice(first, first + examples), "int32"), 10).toFloat();
        // The loss before each step; the last one, after three, is only computed.
        if (step < losses.length - 1) theirs.push(await model.trainOnBatch(x, y));
        else theirs.push((await softmaxCrossEntropy(y, model.predict(x)).data())[0]);
    }
    const difference = Math.max(...losses.map((loss, i) => Math.abs(loss - theirs[i])));
    console.log(`${name}: losses of three Adam steps ${theirs.map(loss => loss.toFixed(6)).join(", ")}, off by ${difference.toPrecision(2)}`);
    check(`${name}: three steps of Adam give the same losses`, difference <= 1e-4 && losses.at(-1) < losses[0], `${losses}`);
}
server.close();
end();
