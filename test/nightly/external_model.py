"""external_model.py FOLDER LAYERS WIDTH: a chain of LAYERS matrix products with a
WIDTH x WIDTH weight each, which lies in FOLDER/weights.bin; x is [1, WIDTH]. Each
weight is one number on the diagonal, 1/2 + layer % 2 * 3/2: two layers are the
identity, and all the rest of the (sparse) file is zeros."""

import os
import struct
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "e2e"))
import onnx_files as onnx

folder, layers, width = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
bytes_each = 4 * width * width
nodes, weights = [], []
for i in range(layers):
    nodes.append(onnx.node("MatMul", ["x" if i == 0 else f"x{i}", f"w{i}"],
                           ["y" if i + 1 == layers else f"x{i + 1}"], name=f"layer{i}"))
    place = {"location": "weights.bin", "offset": i * bytes_each, "length": bytes_each}
    weights.append(onnx.tensor(f"w{i}", [width, width], external=place))
graph = onnx.Graph(nodes, [onnx.value("x", [1, width])], [onnx.value("y", [1, width])], weights)
with open(os.path.join(folder, "model.onnx"), "wb") as file:
    file.write(onnx.model(graph))
with open(os.path.join(folder, "weights.bin"), "wb") as file:
    file.truncate(layers * bytes_each)
    for i in range(layers):
        number = struct.pack("<f", 0.5 + i % 2 * 1.5)
        for row in range(width):
            file.seek(i * bytes_each + 4 * row * (width + 1))
            file.write(number)
