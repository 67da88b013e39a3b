// ONNX Runtime computes all images of every network: in batches of different sizes, and one image alone.
import path from "node:path";
import { createRequire } from "node:module";
import { check, compare, end, floats, folder, models, size } from "./material.mjs";

const ort = createRequire(import.meta.url)("onnxruntime-node");

for (const model of models) {
    const session = await ort.InferenceSession.create(path.join(folder, `${model.name}.onnx`), { intraOpNumThreads: 2 });
    const images = floats(model.images), length = size(model.inputShape), logits = new Float32Array(model.count * model.outputs);
    const run = async (first, count) => session.run({ images: new ort.Tensor("float32", images.slice(first * length, (first + count) * length), [count, ...model.inputShape]) });
    for (let first = 0; first < model.count; first += 768) {
        const outputs = await run(first, Math.min(768, model.count - first));
        logits.set(outputs.logits.data, first * model.outputs);
        if (first > 0) continue;
        const z = outputs.logits.data, p = outputs.probabilities.data, sum = z.slice(0, model.outputs).reduce((total, value) => total + Math.exp(value - z[0]), 0);
        const expected = model.outputs === 1 ? 1 / (1 + Math.exp(-z[0])) : 1 / sum;
        check(`${model.name}: probabilities belong to the logits`, Math.abs(p[0] - expected) < 1e-5, `${p[0]} ${expected}`);
    }
    compare("ONNX Runtime", model, logits, model.count);
    const alone = (await run(3, 1)).logits.data;
    check(`${model.name}: an image alone gives the same`, alone.every((value, i) => Math.abs(value - logits[3 * model.outputs + i]) < 1e-3));
}
end();
