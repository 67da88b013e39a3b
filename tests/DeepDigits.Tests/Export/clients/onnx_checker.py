#!/usr/bin/env python3
"""ONNX's own checker, with the inference of all shapes, on every ONNX file of a folder."""
import json
import pathlib
import sys

import onnx

folder = pathlib.Path(sys.argv[1])
for entry in json.loads((folder / "manifest.json").read_text())["models"]:
    model = onnx.load(folder / f"{entry['name']}.onnx")
    onnx.checker.check_model(model, full_check=True)
    inferred = onnx.shape_inference.infer_shapes(model, strict_mode=True, data_prop=True)
    assert [(it.domain, it.version >= 17) for it in model.opset_import] == [("", True)]
    shapes = {value.name: [it.dim_param or it.dim_value for it in value.type.tensor_type.shape.dim] for value in [*inferred.graph.input, *inferred.graph.output]}
    assert shapes["images"] == ["batch", *entry["inputShape"]], shapes
    assert shapes["logits"] == shapes["probabilities"] == ["batch", entry["outputs"]], shapes
    notes = {it.key: it.value for it in model.metadata_props}
    if entry["accuracy"] is not None:
        assert json.loads(notes["classes"]) == entry["classes"] and "preprocessing" in notes and notes["seed"] == "1", notes
print(f"the checker of onnx {onnx.__version__} has no objection")
