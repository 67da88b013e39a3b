#!/usr/bin/env python3
"""Writes the safetensors files that SafeTensorsTests reads. The bytes are laid by hand, after the format's description, without any tensor library."""
import json
import pathlib
import struct

FOLDER = pathlib.Path(__file__).parent


def write(name, header, data):
    text = json.dumps(header, separators=(",", ":"), ensure_ascii=False).encode("utf-8")
    text += b" " * (-len(text) % 8)
    (FOLDER / name).write_bytes(struct.pack("<Q", len(text)) + text + data)


def bfloat16(*values):
    """The upper half of each 32-bit float; the values given here have an empty lower half."""
    return b"".join(struct.pack("<f", value)[2:] for value in values)


# What DeepDigits itself writes: 32-bit floats, in the order given.
weights = struct.pack("<6f", 0.1, -2.5, 3.0, float("inf"), -0.0, 1e-45)
bias = struct.pack("<f", 7.0)
write("safetensors-float32.safetensors", {
    "__metadata__": {"größe": "28 × 28", "layer": "dense \"1\"\n"},
    "dense.weights": {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]},
    "nothing": {"dtype": "F32", "shape": [0, 4], "data_offsets": [24, 24]},
    "scalar": {"dtype": "F32", "shape": [], "data_offsets": [24, 28]},
}, weights + bias)

# The other types that are read, with a header in another order than the data.
write("safetensors-types.safetensors", {
    "f16": {"dtype": "F16", "shape": [4], "data_offsets": [24, 32]},
    "f64": {"dtype": "F64", "shape": [1, 3], "data_offsets": [0, 24]},
    "bf16": {"dtype": "BF16", "shape": [2, 1], "data_offsets": [32, 36]},
}, struct.pack("<3d", 0.1, -1e300, 2.0 ** -149) + struct.pack("<4e", 0.1, -65504.0, 2.0 ** -24, float("inf")) + bfloat16(1.5, -3.0))
