"""Makes a model with external data: external.py FOLDER. y = x + w, w in w.bin."""

import os
import struct
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../../../e2e"))
import onnx_files as onnx  # noqa: E402

folder = sys.argv[1]
weight = onnx.tensor("w", [3], external={"location": "w.bin"})
graph = onnx.Graph(
    [onnx.node("Add", ["x", "w"], ["y"], name="sum")],
    [onnx.value("x", [3])],
    [onnx.value("y", [3])],
    [weight],
)
onnx.write(os.path.join(folder, "m.onnx"), onnx.model(graph))
onnx.write(os.path.join(folder, "w.bin"), struct.pack("<3f", 10, 20, 30))
