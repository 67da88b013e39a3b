#!/usr/bin/env python3
"""Writes pictures.zip, small pictures in every kind of file that DeepDigits reads, and pictures.safetensors, the grey levels that must be read from them.

The pictures are made by the Netpbm tools and by Pillow (Debian: netpbm, python3-pil); the grey levels are computed here from the pixels that went into them.
"""
import io
import json
import pathlib
import struct
import subprocess
import zipfile

from PIL import Image

FOLDER = pathlib.Path(__file__).parent
WIDTH, HEIGHT = 13, 11  # odd, so that no row ends at a byte and the passes of an interlaced PNG differ in size
archive, expected = {}, {}


def grid(level):
    """The samples level(x, y) of all pixels, row by row."""
    return [[level(x, y) for x in range(WIDTH)] for y in range(HEIGHT)]


def noise(largest, salt):
    """Levels from 0 to largest, without a pattern, the extremes among them."""
    def level(x, y):
        if (x, y) == (1, 0):
            return largest
        return 0 if (x, y) == (0, 0) else (x * 7919 + y * 104729 + salt * 1299709 + x * y * 31) % 65521 % (largest + 1)
    return grid(level)


def anymap(planes, largest):
    """A raw PGM (one plane) or PPM (three planes)."""
    size = 1 if largest < 256 else 2
    data = b"".join(plane[y][x].to_bytes(size, "big") for y in range(HEIGHT) for x in range(WIDTH) for plane in planes)
    return b"P%d\n%d %d\n%d\n" % (5 if len(planes) == 1 else 6, WIDTH, HEIGHT, largest) + data


def grey(planes, largest, alpha=None, largest_alpha=None):
    red, green, blue = planes if len(planes) == 3 else planes * 3
    def level(x, y):
        value = (299 * red[y][x] + 587 * green[y][x] + 114 * blue[y][x]) / (1000 * largest)
        opacity = 1 if alpha is None else alpha[y][x] / largest_alpha
        return opacity * value + (1 - opacity)
    return grid(level)


def run(command, data):
    return subprocess.run(command, input=data, stdout=subprocess.PIPE, check=True).stdout


def add(name, data, levels):
    archive[name] = data
    expected[name] = levels


def add_png(name, planes, largest, alpha=None, options=()):
    """A PNG as Netpbm writes it, once plain and once interlaced."""
    command = ["pnmtopng", "-quiet", *options]
    if alpha is not None:
        (FOLDER / "alpha.tmp").write_bytes(anymap([alpha], largest))
        command.append(f"-alpha={FOLDER / 'alpha.tmp'}")
    for kind in ("", "-interlaced"):
        data = run(command + (["-interlace"] if kind else []), anymap(planes, largest))
        add(f"{name}{kind}.png", data, grey(planes, largest, alpha, largest))
    (FOLDER / "alpha.tmp").unlink(missing_ok=True)


def colours(count):
    """Planes in which only so many colours occur."""
    index = noise(count - 1, 5)
    return [grid(lambda x, y: (index[y][x] * step + start) % 256) for step, start in ((71, 3), (37, 90), (113, 200))]


# PNG: every colour type and bit depth (the names say what comes out: `file pictures/*.png` shows it).
for bits in (1, 2, 4, 8, 16):
    add_png(f"grey-{bits}", [noise(2 ** bits - 1, bits)], 2 ** bits - 1)
for bits in (8, 16):
    largest = 2 ** bits - 1
    planes = [noise(largest, salt) for salt in (1, 2, 3)]
    opacity = noise(largest, 4)
    add_png(f"colour-{bits}", planes, largest, options=["-force"])
    add_png(f"grey-alpha-{bits}", planes[:1], largest, opacity, ["-force"])
    add_png(f"colour-alpha-{bits}", planes, largest, opacity, ["-force"])
for bits in (1, 2, 4, 8):
    add_png(f"palette-{bits}", colours(2 ** bits if bits < 8 else 100), 255)
few = colours(6)
add_png("palette-alpha", few, 255, grid(lambda x, y: (few[0][y][x] * 7) % 256))
for option in ("nofilter", "sub", "up", "avg", "paeth"):
    add_png(f"filter-{option}", [grid(lambda x, y: (x * x + 3 * y) % 256), noise(7, 1), grid(lambda x, y: x * y)], 255, options=["-force", f"-{option}"])

# PNG with one transparent colour.
one = noise(255, 9)
ones = [noise(255, salt) for salt in (11, 12, 13)]
hole = (4, 5)
level = one[hole[1]][hole[0]]
add("grey-transparent.png", run(["pnmtopng", "-quiet", "-force", "-transparent", f"=#{level:02x}{level:02x}{level:02x}"], anymap([one], 255)),
    grid(lambda x, y: 1.0 if one[y][x] == level else one[y][x] / 255))
colour = [plane[hole[1]][hole[0]] for plane in ones]
levels = grey(ones, 255)
add("colour-transparent.png", run(["pnmtopng", "-quiet", "-force", "-transparent", "=#" + "".join(f"{value:02x}" for value in colour)], anymap(ones, 255)),
    grid(lambda x, y: 1.0 if [plane[y][x] for plane in ones] == colour else levels[y][x]))

# BMP, in the old form (OS/2) and the usual one.
for bits in (1, 4, 8, 24):
    planes = colours(2 ** bits if bits < 8 else 200) if bits < 24 else [noise(255, salt) for salt in (1, 2, 3)]
    for kind in ("windows", "os2"):
        add(f"{kind}-{bits}.bmp", run(["ppmtobmp", "-quiet", f"-{kind}", f"-bpp={bits}"], anymap(planes, 255)), grey(planes, 255))


def pillow(mode, planes, kind):
    image = Image.new(mode, (WIDTH, HEIGHT))
    image.putdata([planes[0][y][x] if len(planes) == 1 else tuple(plane[y][x] for plane in planes) for y in range(HEIGHT) for x in range(WIDTH)])
    stream = io.BytesIO()
    image.save(stream, kind)
    return stream.getvalue()


planes = [noise(255, salt) for salt in (1, 2, 3)]
add("pillow-32.bmp", pillow("RGBA", planes + [noise(255, 4)], "BMP"), grey(planes, 255))  # its fourth byte means nothing
add("pillow-8.bmp", pillow("L", planes[:1], "BMP"), grey(planes[:1], 255))
add("pillow-colour.png", pillow("RGB", planes, "PNG"), grey(planes, 255))
add("pillow-grey.png", pillow("L", planes[:1], "PNG"), grey(planes[:1], 255))
add("pillow-colour-alpha.png", pillow("RGBA", planes + [noise(255, 4)], "PNG"), grey(planes, 255, noise(255, 4), 255))
bitmap = noise(1, 1)
add("pillow-1.png", pillow("1", [grid(lambda x, y: 255 * bitmap[y][x])], "PNG"), grey([bitmap], 1))

# Portable anymaps, raw and as text.
for name, planes, largest in (("pgm-8", [noise(255, 1)], 255), ("pgm-16", [noise(65535, 1)], 65535), ("pgm-odd", [noise(99, 1)], 99),
                              ("ppm-8", [noise(255, salt) for salt in (1, 2, 3)], 255), ("ppm-16", [noise(1000, salt) for salt in (1, 2, 3)], 1000)):
    data = anymap(planes, largest)
    suffix = "." + name[:3]
    add(name + suffix, data, grey(planes, largest))
    add(name + "-plain" + suffix, run(["pnmtoplainpnm"], data), grey(planes, largest))
raw = run(["pgmtopbm", "-threshold", "-value=0.5"], anymap([grid(lambda x, y: 255 * bitmap[y][x])], 255))
add("pbm.pbm", raw, grey([bitmap], 1))
add("pbm-plain.pbm", run(["pnmtoplainpnm"], raw), grey([bitmap], 1))

with zipfile.ZipFile(FOLDER / "pictures.zip", "w", zipfile.ZIP_DEFLATED) as file:
    for name, data in archive.items():
        file.writestr(zipfile.ZipInfo(name), data)
header, values = {}, b""
for name, levels in expected.items():
    data = struct.pack(f"<{WIDTH * HEIGHT}f", *(level for row in levels for level in row))
    header[name] = {"dtype": "F32", "shape": [HEIGHT, WIDTH, 1], "data_offsets": [len(values), len(values) + len(data)]}
    values += data
text = json.dumps(header, separators=(",", ":")).encode()
text += b" " * (-len(text) % 8)
(FOLDER / "pictures.safetensors").write_bytes(struct.pack("<Q", len(text)) + text + values)
