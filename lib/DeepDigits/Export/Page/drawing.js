// Makes of a drawing what MNIST's authors made of theirs: the inked part is scaled to 20 pixels, each the average of the area that it covers, and set into
// 28 x 28 pixels with its centre of mass in the middle.

const side = 28, box = 20;

// ink: height x width numbers from 0 to 1. Gives 784 numbers, or null if nothing is drawn.
function prepare(ink, width, height) {
    let top = height, bottom = -1, left = width, right = -1;
    for (let y = 0; y < height; y++)
        for (let x = 0; x < width; x++)
            if (ink[y * width + x] > 0) {
                top = Math.min(top, y); bottom = Math.max(bottom, y);
                left = Math.min(left, x); right = Math.max(right, x);
            }
    if (bottom < 0) return null;

    const inkedHeight = bottom - top + 1, inkedWidth = right - left + 1, longer = Math.max(inkedHeight, inkedWidth);
    const rows = Math.max(1, Math.round(box * inkedHeight / longer)), columns = Math.max(1, Math.round(box * inkedWidth / longer));
    const narrow = new Float64Array(inkedHeight * columns), digit = new Float64Array(rows * columns);
    for (let y = 0; y < inkedHeight; y++)
        average(inkedWidth, columns, x => ink[(top + y) * width + left + x], (x, level) => { narrow[y * columns + x] = level; });
    for (let x = 0; x < columns; x++)
        average(inkedHeight, rows, y => narrow[y * columns + x], (y, level) => { digit[y * columns + x] = level; });

    let strongest = 0, mass = 0, massX = 0, massY = 0;
    digit.forEach((level, i) => {
        strongest = Math.max(strongest, level);
        mass += level; massX += level * (i % columns); massY += level * Math.floor(i / columns);
    });
    const place = (centre, length) => Math.min(Math.max(side / 2 - Math.round(centre), 0), side - length);
    const firstRow = place(massY / mass, rows), firstColumn = place(massX / mass, columns);
    const image = new Float32Array(side * side);
    digit.forEach((level, i) => { image[(firstRow + Math.floor(i / columns)) * side + firstColumn + i % columns] = level / strongest; });
    return image;
}

// Scales a line of numbers: each new one is the average of the stretch of old ones that it covers, parts of them included.
function average(oldCount, newCount, read, write) {
    const stretch = oldCount / newCount;
    for (let i = 0; i < newCount; i++) {
        const from = i * stretch, to = from + stretch;
        let sum = 0;
        for (let j = Math.floor(from); j < Math.min(oldCount, Math.ceil(to)); j++)
            sum += read(j) * (Math.min(to, j + 1) - Math.max(from, j));
        write(i, sum / stretch);
    }
}
