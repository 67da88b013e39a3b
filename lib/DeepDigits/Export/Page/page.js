// The page: the drawing as strokes, and after every move of the pen the network's answer to it.

const model = JSON.parse(document.getElementById("model").textContent);
const network = new Network(model);
const element = id => document.getElementById(id);
const pad = element("pad");
// A second, smaller drawing that nobody sees is the one that is read: 10 x 10 of its points are a pixel of MNIST.
const reader = Object.assign(document.createElement("canvas"), { width: 10 * side, height: 10 * side });
const whole = number => number.toLocaleString("en");
const percent = (share, digits = 1) => (100 * share).toFixed(digits) + " %";
const isDark = matchMedia("(prefers-color-scheme: dark)");

let strokes = [];       // each { width, points: [[x, y], ...] }
let picture = null;     // a test image under the strokes: { label, pixels }
let stroke = null;      // the one that is being drawn
let isScheduled = false;

// ---- drawing ----

function paint(canvas, colour) {
    const pen = canvas.getContext("2d", { willReadFrequently: true }), scale = canvas.width / pad.width;
    pen.setTransform(scale, 0, 0, scale, 0, 0);
    pen.clearRect(0, 0, pad.width, pad.height);
    pen.strokeStyle = pen.fillStyle = colour;
    if (picture) {
        const pixel = pad.width / side;
        picture.pixels.forEach((level, i) => {
            pen.globalAlpha = level / 255;
            if (level) pen.fillRect(i % side * pixel, Math.floor(i / side) * pixel, pixel, pixel);
        });
        pen.globalAlpha = 1;
    }
    pen.lineCap = pen.lineJoin = "round";
    for (const { width, points } of strokes) {
        pen.lineWidth = width;
        pen.beginPath();
        pen.moveTo(...points[0]);
        // Curves through the middles of the pieces: a fast hand leaves few points, and no corners this way.
        for (let i = 1; i < points.length - 1; i++)
            pen.quadraticCurveTo(...points[i], (points[i][0] + points[i + 1][0]) / 2, (points[i][1] + points[i + 1][1]) / 2);
        pen.lineTo(...points.at(-1));
        pen.stroke();
    }
}

// How much ink is on each point, from 0 to 1: the opacity.
function readInk() {
    paint(reader, "black");
    const bytes = reader.getContext("2d").getImageData(0, 0, reader.width, reader.height).data, ink = new Float32Array(bytes.length / 4);
    for (let i = 0; i < ink.length; i++) ink[i] = bytes[4 * i + 3] / 255;
    return ink;
}

const pointOf = event => {
    const frame = pad.getBoundingClientRect();
    return [(event.clientX - frame.left) * pad.width / frame.width, (event.clientY - frame.top) * pad.height / frame.height];
};

function begin(point) {
    stroke = { width: Number(element("pen").value), points: [point] };
    strokes.push(stroke);
    schedule();
}

pad.addEventListener("pointerdown", event => {
    if (event.button !== 0) return;
    pad.setPointerCapture(event.pointerId);
    hideCursor();
    begin(pointOf(event));
});
pad.addEventListener("pointermove", event => {
    if (!stroke || !pad.hasPointerCapture(event.pointerId)) return;
    for (const part of event.getCoalescedEvents?.() ?? [event]) stroke.points.push(pointOf(part));
    schedule();
});
for (const end of ["pointerup", "pointercancel"])
    pad.addEventListener(end, () => { stroke = null; schedule(); });

function clear() {
    [strokes, picture, stroke] = [[], null, null];
    schedule();
}

function undo() {
    stroke = null;
    if (!strokes.pop()) picture = null;
    schedule();
}

let nextSample = 0;
function showSample() {
    const sample = model.samples[nextSample++ % model.samples.length];
    clear();
    picture = { label: sample.label, pixels: bytesOf(sample.pixels) };
}

element("clear").addEventListener("click", clear);
element("undo").addEventListener("click", undo);
element("sample").addEventListener("click", showSample);
element("sample").hidden = model.samples.length === 0;

// ---- the keyboard as a pen ----

const cursor = element("cursor");
let place = [pad.width / 2, pad.height / 4], isDown = false;

function showCursor() {
    [cursor.style.left, cursor.style.top] = place.map(at => 100 * at / pad.width + "%");
    cursor.classList.toggle("down", isDown);
    cursor.hidden = false;
}

function hideCursor() {
    isDown = false;
    cursor.hidden = true;
}

const arrows = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
pad.addEventListener("keydown", event => {
    const arrow = arrows[event.key], step = event.shiftKey ? 5 : 20;
    if (arrow) {
        place = place.map((at, i) => Math.min(Math.max(at + arrow[i] * step, 20), pad.width - 20));
        if (isDown) stroke.points.push(place);
    } else if (event.key === " ") {
        isDown = !isDown;
        if (isDown) begin(place);
        else stroke = null;
    } else if (event.key === "Backspace") {
        isDown = false;
        undo();
    } else if (event.key === "Escape") {
        isDown = false;
        clear();
    } else return;
    event.preventDefault();
    showCursor();
    schedule();
});
pad.addEventListener("blur", () => { hideCursor(); stroke = null; });

// ---- the answer ----

const rows = model.classes.map(name => {
    const row = element("bars").tBodies[0].insertRow(), head = document.createElement("th");
    head.scope = "row";
    head.textContent = name;
    row.append(head);
    row.insertCell().innerHTML = '<div class="track"><span></span></div>';
    row.insertCell().className = "number";
    return row;
});

// The colours of the page, as red, green and blue.
let colours;
function readColours() {
    const style = getComputedStyle(document.documentElement);
    const of = name => style.getPropertyValue(name).trim().match(/[0-9a-f]{2}/g).map(hex => parseInt(hex, 16));
    colours = { ink: of("--ink"), for: of("--for"), against: of("--against"), text: style.getPropertyValue("--ink") };
}

// A picture of numbers from -1 to 1: the larger, the stronger the colour, which is another one for those below 0.
function show(canvas, values, width, colour) {
    const height = values.length / width;
    if (canvas.width !== width || canvas.height !== height) [canvas.width, canvas.height] = [width, height];
    const context = canvas.getContext("2d"), image = context.createImageData(width, height);
    for (let i = 0; i < values.length; i++) {
        [image.data[4 * i], image.data[4 * i + 1], image.data[4 * i + 2]] = values[i] < 0 ? colours.against : colour;
        image.data[4 * i + 3] = 255 * Math.abs(values[i]);
    }
    context.putImageData(image, 0, 0);
}

const largestOf = values => values.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0) || 1;

// What the first layer with weights makes of the image: the maps of a convolution, or, of a dense layer, the weighted ink of the units that answer most strongly.
const first = network.layers.findIndex(layer => layer.weight);
const isConvolution = network.layers[first].kind === "conv2d";
let afterFirst = first;
while (["batchnorm", "relu", "sigmoid", "tanh"].includes(network.layers[afterFirst + 1]?.kind)) afterFirst++;
const mapCount = Math.min(network.layers[first].output.at(-1), isConvolution ? 32 : 12);
const maps = Array.from({ length: mapCount }, () => {
    const canvas = document.createElement("canvas");
    canvas.setAttribute("role", "img");
    element("maps").append(canvas);
    return canvas;
});
// Rows of one length: 16, 8 or 12 pictures, or what else divides their number; on a phone half as many.
const divisor = [16, 8, 12, 15, 14, 13, 11, 10, 9, 7, 6, 5, 4, 3, 2, 1].find(columns => mapCount % columns === 0 && (columns > 4 || mapCount <= 16));
element("maps").style.setProperty("--columns", divisor ?? 12);
element("maps").style.setProperty("--columns-on-phone", Math.ceil((divisor ?? 12) / 2));

function showMaps(image, outputs) {
    const layer = network.layers[first], answers = outputs[afterFirst], channels = layer.output.at(-1);
    const order = [...Array(channels).keys()];
    if (!isConvolution) order.sort((a, b) => answers[b] - answers[a]);
    const chosen = order.slice(0, maps.length).map(channel => isConvolution
        ? Float32Array.from({ length: answers.length / channels }, (_, pixel) => answers[pixel * channels + channel])
        : image.map((level, i) => level * layer.weight[i * channels + channel]));
    const largest = chosen.reduce((most, map) => Math.max(most, largestOf(map)), 0);
    chosen.forEach((map, i) => {
        show(maps[i], map.map(value => value / largest), isConvolution ? layer.output[1] : side, colours.for);
        maps[i].setAttribute("aria-label", isConvolution ? `Map of filter ${order[i] + 1}` : `Unit ${order[i] + 1} answers ${answers[order[i]].toFixed(2)}`);
    });
}

// Which ink speaks for the likeliest class rather than for the next one: each pixel's ink, times how much it changes the difference of their logits.
function explain(image, logits, [winner, second]) {
    const direction = new Float32Array(logits.length);
    if (logits.length === 1) direction[0] = winner === 1 ? 1 : -1;
    else [direction[winner], direction[second]] = [1, -1];
    const slopes = network.slopes(direction);
    return image.map((level, i) => level * slopes[i]);
}

function update() {
    const start = performance.now();
    isScheduled = false;
    paint(pad, colours.text);
    const image = prepare(readInk(), reader.width, reader.height);
    element("hint").classList.toggle("gone", image !== null || !cursor.hidden);
    const result = image ? read(image) : null;
    if (result) showAnswer(result); else showNothing();
    const milliseconds = performance.now() - start;
    element("time").textContent = image ? `Drawn, read and explained in ${milliseconds.toFixed(1)} ms.` : "";
    return { ...result, milliseconds };
}

function read(image) {
    const outputs = network.forward(image), logits = outputs.at(-1), probabilities = probabilitiesOf(logits);
    const order = [...probabilities.keys()].sort((a, b) => probabilities[b] - probabilities[a]);
    return { image, outputs, logits, probabilities, order };
}

function showAnswer({ image, outputs, logits, probabilities, order }) {
    const [winner, second] = order.map(i => model.classes[i]), [p, q] = order.map(i => probabilities[i]);
    element("digit").textContent = winner;
    element("digit").classList.toggle("words", winner.length > 2);
    element("certainty").textContent = percent(p) + (picture && strokes.length === 0 ? `, and its label is ${picture.label}` : "");
    rows.forEach((row, i) => {
        row.className = i === order[0] ? "first" : i === order[1] ? "second" : "";
        row.querySelector("span").style.width = 100 * probabilities[i] + "%";
        row.lastChild.textContent = percent(probabilities[i]);
    });
    const speaks = explain(image, logits, order), largest = largestOf(speaks);
    show(element("input"), image, side, colours.ink);
    // The root, with its sign, so that weaker ink is seen too.
    show(element("why"), speaks.map(value => Math.sign(value) * Math.sqrt(Math.abs(value) / largest)), side, colours.for);
    element("reason").replaceChildren("Why ", bold(winner, "for"), " rather than ", bold(second, "against"), `: ink of either colour speaks for that answer. The odds are ${ratio(p, q)}.`);
    showMaps(image, outputs);
    if (!stroke) element("spoken").textContent = `Read as ${winner}, ${percent(p)}. Runner-up ${second}, ${percent(q)}.`;
}

const ratio = (p, q) => p > 1e6 * q ? "more than a million to 1" : `${whole(Number((p / q).toPrecision(2)))} to 1`;

function bold(text, colour) {
    const word = document.createElement("b");
    [word.className, word.textContent] = [colour, text];
    return word;
}

function showNothing() {
    element("digit").textContent = "";
    element("certainty").textContent = "Nothing yet.";
    element("spoken").textContent = "The pad is empty.";
    rows.forEach(row => {
        row.className = "";
        row.querySelector("span").style.width = 0;
        row.lastChild.textContent = "";
    });
    for (const canvas of [element("input"), element("why"), ...maps]) canvas.getContext("2d").clearRect(0, 0, canvas.width, canvas.height);
    element("reason").textContent = "Which ink speaks for the likeliest answer, and which for the next.";
}

function schedule() {
    if (!isScheduled) requestAnimationFrame(() => { if (isScheduled) update(); });
    isScheduled = true;
}

// ---- what stands around ----

element("subtitle").textContent = `${model.title}: a network of ${whole(model.parameters)} parameters reads your handwriting, here in your browser.`;
element("maps-note").textContent = isConvolution
    ? `How strongly each of ${mapCount === network.layers[first].output.at(-1) ? "the" : "the first"} ${mapCount} filters finds its pattern at each place; orange, if there is any: the opposite of it.`
    : `The ink as the ${mapCount} units weigh it that answer most strongly, of ${whole(network.layers[first].output.at(-1))}: blue ink raises the answer, orange ink lowers it.`;
const cost = 100 * (accuracy.network - accuracy.page);
const facts = {
    Accuracy: `${percent(accuracy.network, 2)} of ${whole(model.testImages)} test images are read rightly, and ${percent(accuracy.page, 2)} with the weights of this page, which have ${model.bits} bits instead of 32: `
        + `storing them so ${Math.abs(cost) < 0.005 ? "costs nothing" : `${cost > 0 ? "costs" : "gains"} ${Math.abs(cost).toFixed(2)} points`}.`,
    Layers: model.shape,
    Training: model.training ?? (model.seed == null ? null : `seed ${model.seed}`),
    "Made by": model.producer,
};
for (const [name, text] of Object.entries(facts).reverse()) {
    if (!text) continue;
    const term = document.createElement("dt"), description = document.createElement("dd");
    [term.textContent, description.textContent] = [name, text];
    element("facts").prepend(term, description);
}
readColours();
isDark.addEventListener("change", () => { readColours(); schedule(); });

// A browser computes slowly what it computes for the first times. So the first times are now, before anyone draws.
for (let i = 0; i < 6 && model.samples.length > 0; i++) {
    showSample();
    update();
}
nextSample = 0;
clear();
update();

// In a frame, as in a notebook: the page around it learns how high this one is.
if (parent !== window)
    new ResizeObserver(() => parent.postMessage({ drawingPageHeight: Math.ceil(document.body.getBoundingClientRect().height) }, "*")).observe(document.body);

// For programs: shows 784 grey levels from 0 to 255 as a drawing, on the same way as one by hand, and tells what was read.
globalThis.readPicture = levels => {
    clear();
    picture = { label: "unknown", pixels: Uint8Array.from(levels) };
    const { probabilities, order, milliseconds, logits } = update();
    return { predicted: order ? order[0] : null, probabilities, logits: logits && [...logits], milliseconds };
};
