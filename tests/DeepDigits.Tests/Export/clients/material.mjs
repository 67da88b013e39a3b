// What ExportFilesTests wrote, and the comparison with it.
import fs from "node:fs";
import path from "node:path";

export const folder = process.argv[2];
export const { models, steps } = JSON.parse(fs.readFileSync(path.join(folder, "manifest.json"), "utf8"));
export const tolerance = 1e-4; // of the logits: absolute, or of the largest logit where that is above 1

const cache = new Map();
export function floats(name) {
    if (!cache.has(name)) {
        const bytes = fs.readFileSync(path.join(folder, name));
        cache.set(name, new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length)));
    }
    return cache.get(name);
}

export const digitLabels = () => fs.readFileSync(path.join(folder, "digits.labels.bin"));
export const squares = new Set([0, 1, 4, 9]);
export const labelOf = (model, label) => model.outputs === 1 ? Number(squares.has(label)) : label;
export const size = shape => shape.reduce((product, n) => product * n, 1);

// The class that a row of logits names.
export function classOf(logits, row, outputs) {
    if (outputs === 1) return Number(logits[row] > 0);
    let best = 0;
    for (let i = 1; i < outputs; i++) if (logits[row * outputs + i] > logits[row * outputs + best]) best = i;
    return best;
}

let failures = 0;
export function check(what, isRight, detail = "") {
    if (isRight) return;
    failures++;
    console.log(`FAILED  ${what}  ${detail}`);
}

// Compares logits of another program with ours, for the first rows, and, where there are labels, the accuracies.
export function compare(program, model, logits, rows) {
    const ours = floats(`${model.name}.logits.bin`), { outputs } = model;
    let difference = 0, largest = 0, same = 0, right = 0, oursRight = 0;
    for (let i = 0; i < rows * outputs; i++) {
        difference = Math.max(difference, Math.abs(logits[i] - ours[i])) || (Number.isNaN(logits[i]) ? NaN : difference);
        largest = Math.max(largest, Math.abs(ours[i]));
    }
    const labels = model.accuracy === null ? null : digitLabels();
    for (let row = 0; row < rows; row++) {
        same += classOf(logits, row, outputs) === classOf(ours, row, outputs);
        if (!labels) continue;
        right += classOf(logits, row, outputs) === labelOf(model, labels[row]);
        oursRight += classOf(ours, row, outputs) === labelOf(model, labels[row]);
    }
    const accuracy = labels ? `, accuracy ${(100 * right / rows).toFixed(2)} % (ours ${(100 * oursRight / rows).toFixed(2)} %)` : "";
    console.log(`${model.name}: ${program} predicts ${same} of ${rows} as we do, logits off by ${difference.toPrecision(2)} (largest ${largest.toPrecision(3)})${accuracy}`);
    check(`${model.name}: every prediction is the same`, same === rows && logits.length === rows * outputs, `${same} of ${rows}`);
    check(`${model.name}: the logits are the same`, difference <= tolerance * Math.max(1, largest), `${difference}`);
    check(`${model.name}: the accuracy is the same`, right === oursRight);
    if (labels && rows === model.count) check(`${model.name}: the accuracy is the one that was stated`, Math.abs(right / rows - model.accuracy) < 1e-9, `${right / rows}, ${model.accuracy}`);
}

export function end() {
    console.log(failures === 0 ? "All checks passed." : `${failures} checks failed.`);
    process.exit(failures === 0 ? 0 : 1);
}
