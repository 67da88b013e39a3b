#!/usr/bin/env python3
"""PyTorch on both ways: it computes with our weights what we computed, and draws weights of its own for us to compute with.

torch_weights.py FOLDER            checks every network of FOLDER (written by ExportFilesTests), and writes PyTorch's weights to FOLDER/foreign
torch_weights.py FOLDER OUT small  only writes those of the small networks, to OUT: the files in References/pytorch
"""
import json
import pathlib
import struct
import sys
from collections import OrderedDict

import numpy as np
import torch
from torch import nn

TOLERANCE = 1e-4  # of the logits: absolute, or of the largest logit where that is above 1


def read(path):
    """A safetensors file of 32-bit floats: its tensors and its metadata."""
    content = path.read_bytes()
    length = struct.unpack("<Q", content[:8])[0]
    header = json.loads(content[8:8 + length])
    metadata = header.pop("__metadata__", {})
    data = content[8 + length:]
    return {name: torch.from_numpy(np.frombuffer(data[entry["data_offsets"][0]:entry["data_offsets"][1]], "<f4").reshape(entry["shape"]).copy())
            for name, entry in header.items()}, metadata


def write(path, tensors, metadata):
    """Floats as F32, and what a normalization counts as I64, as safetensors.torch.save_file has them."""
    header, data = {"__metadata__": metadata}, b""
    for name, tensor in tensors.items():
        array = tensor.detach().contiguous().numpy()
        header[name] = {"dtype": "I64" if array.dtype == np.int64 else "F32", "shape": list(array.shape), "data_offsets": [len(data), len(data) + array.nbytes]}
        data += array.tobytes()
    text = json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)


def floats(path, *shape):
    return torch.from_numpy(np.fromfile(path, "<f4").reshape(shape).copy())


def channels_first(images):
    return images.permute(0, 3, 1, 2) if images.dim() == 4 else images


def compute(module, images):
    module.eval()
    with torch.no_grad():
        return torch.cat([module(channels_first(part)) for part in images.split(500)])


folder = pathlib.Path(sys.argv[1])
only_small = len(sys.argv) > 3
foreign = pathlib.Path(sys.argv[2]) if len(sys.argv) > 2 else folder / "foreign"
foreign.mkdir(exist_ok=True)
failures = 0
torch.manual_seed(1)
for model in json.loads((folder / "manifest.json").read_text())["models"]:
    name, count, is_small = model["name"], model["count"], model["accuracy"] is None
    if only_small and not is_small:
        continue
    weights, metadata = read(folder / f"{name}.pytorch.safetensors")
    module = eval(metadata["pytorch"])  # written by our own tests
    module.load_state_dict(weights)
    images = floats(folder / model["images"], count, *model["inputShape"])
    expected = floats(folder / f"{name}.logits.bin", count, model["outputs"])
    logits = compute(module, images)
    difference, largest = (logits - expected).abs().max().item(), expected.abs().max().item()
    same = int((logits.argmax(1) == expected.argmax(1)).sum() if model["outputs"] > 1 else ((logits > 0) == (expected > 0)).sum())
    is_right = same == count and difference <= TOLERANCE * max(1, largest)
    failures += not is_right
    print(f"{'' if is_right else 'FAILED  '}{name}: PyTorch predicts {same} of {count} as we do, logits off by {difference:.2g} (largest {largest:.3g})")

    # The same modules without names, as in nn.Sequential(nn.Conv2d(...), ...): "0.weight". Their weights are PyTorch's own first ones.
    module = nn.Sequential(*eval(metadata["pytorch"]).children())
    for part in module.modules():
        if isinstance(part, (nn.BatchNorm1d, nn.BatchNorm2d)):
            for tensor in (part.weight.data, part.bias.data, part.running_mean, part.running_var):
                tensor.uniform_(0.5, 2)
    some = images[:2 if only_small else 500]
    write(foreign / f"{name}.weights.safetensors", module.state_dict(), {"format": "pt"})
    write(foreign / f"{name}.check.safetensors", {"images": some, "logits": compute(module, some)}, {"architecture": model["architecture"]})
sys.exit(failures > 0)
