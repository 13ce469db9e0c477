"""Writes small ONNX files, right and wrong ones, with the standard library.

onnx_files.py bad FOLDER MNIST     one file for each fault, named after it, and
                                   FOLDER/expected: file name, tab, the regular
                                   expression that the message must match
onnx_files.py flips FOLDER MNIST N damaged copies of a good model, fixed seed
onnx_files.py deep FILE N          a chain of N Relu nodes: large, but right
"""

import os
import random
import struct
import sys

FLOAT, INT64, BOOL = 1, 7, 9


def varint(value):
    out = b""
    value &= (1 << 64) - 1
    while value > 127:
        out += bytes([value & 127 | 128])
        value >>= 7
    return out + bytes([value])


def field(number, value):
    """One protobuf field: an integer, a string, or bytes (a message too)."""
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    if isinstance(value, str):
        value = value.encode()
    return varint(number << 3 | 2) + varint(len(value)) + value


def attribute(name, value):
    out = field(1, name)
    if isinstance(value, int):
        return out + field(3, value) + field(20, 2)
    if isinstance(value, float):
        return out + varint(2 << 3 | 5) + struct.pack("<f", value) + field(20, 1)
    if isinstance(value, Graph):
        return out + field(6, bytes(value)) + field(20, 5)
    if isinstance(value, list):
        return out + b"".join(field(8, item) for item in value) + field(20, 7)
    return out + field(4, value) + field(20, 3)


def node(op, inputs, outputs, name="", **attributes):
    out = b"".join(field(1, item) for item in inputs)
    out += b"".join(field(2, item) for item in outputs)
    out += field(3, name or outputs[0] + "_node") + field(4, op)
    for key, value in attributes.items():
        out += field(5, attribute(key, value))
    return out


def tensor(name, dims, values=None, kind=FLOAT, external=None, raw=None):
    out = b"".join(field(1, dim) for dim in dims) + field(2, kind) + field(8, name)
    if external:
        for key, value in external.items():
            out += field(13, field(1, key) + field(2, str(value)))
        return out + field(14, 1)
    if raw is None:
        raw = struct.pack(f"<{len(values)}{'f' if kind == FLOAT else 'q'}", *values)
    return out + field(9, raw)


def value(name, dims, kind=FLOAT):
    shape = b""
    for dim in dims:
        shape += field(1, field(2, dim) if isinstance(dim, str) else field(1, dim))
    return field(1, name) + field(2, field(1, field(1, kind) + field(2, shape)))


class Graph:
    """The parts of a GraphProto, already encoded."""

    def __init__(self, nodes=(), inputs=(), outputs=(), weights=(), name="main"):
        self.parts = [(1, nodes), (5, weights), (11, inputs), (12, outputs)]
        self.name = name

    def __bytes__(self):
        out = field(2, self.name)
        for number, items in self.parts:
            out += b"".join(field(number, item) for item in items)
        return out


def model(graph, opset=17):
    return field(1, 8) + field(8, field(1, "") + field(2, opset)) + field(7, bytes(graph))


X, Y = value("x", [2, 3]), value("y", [2, 3])


def bad_files(mnist):
    """Yields (file name, contents, expression that the message must match)."""
    relu = node("Relu", ["x"], ["y"])
    add = node("Add", ["x", "w"], ["y"], "sum")
    yield "empty.onnx", b"", "empty|ONNX|recogni"
    yield "text.onnx", b"hello, world\n", "ONNX|recogni|format"
    yield "zip.onnx", b"PK\x03\x04" + bytes(100), "zip|keras|recogni|format|archive"
    for size in (1, 17, 300, 5000, 20000, len(mnist) - 1):
        yield f"truncated-{size}.onnx", mnist[:size], "."
    yield "no-graph.onnx", field(1, 8) + field(8, field(2, 17)), "graph"
    yield "no-opset.onnx", field(1, 8) + field(7, bytes(Graph([relu], [X], [Y]))), "opset"
    yield "future-opset.onnx", model(Graph([relu], [X], [Y]), 9999), "opset"
    yield "unknown-op.onnx", model(
        Graph([node("Frobnicate", ["x"], ["t"], "f1"), node("Wibble", ["t"], ["y"], "w1")],
              [X], [Y])), "Frobnicate"
    yield "cycle.onnx", model(
        Graph([node("Add", ["x", "b"], ["a"], "first"), node("Relu", ["a"], ["b"], "second"),
               node("Relu", ["b"], ["y"], "third")], [X], [Y])), "cycle|before|undefined|order|'b'"
    yield "self-cycle.onnx", model(
        Graph([node("Add", ["x", "y"], ["y"], "self")], [X], [Y])), "cycle|before|undefined|'y'"
    yield "duplicate-output.onnx", model(
        Graph([node("Relu", ["x"], ["y"], "one"), node("Neg", ["x"], ["y"], "two")],
              [X], [Y])), "twice|duplicate|already|'y'"
    yield "duplicate-input.onnx", model(Graph([relu], [X, X], [Y])), "twice|duplicate|already|'x'"
    yield "undefined-input.onnx", model(
        Graph([node("Add", ["x", "nowhere"], ["y"], "sum")], [X], [Y])), "nowhere"
    yield "undefined-output.onnx", model(Graph([relu], [X], [value("nowhere", [2, 3])])), "nowhere"
    yield "no-operand.onnx", model(Graph([node("Relu", [], ["y"], "bare")], [X], [Y])), "bare|Relu"
    yield "too-many-operands.onnx", model(
        Graph([node("Relu", ["x", "x", "x"], ["y"], "crowd")], [X], [Y])), "crowd|Relu"
    yield "wrong-type.onnx", model(
        Graph([add], [X], [Y], [tensor("w", [3], [1, 2, 3], INT64)])), "sum|type"
    yield "wrong-attribute.onnx", model(
        Graph([node("Softmax", ["x"], ["y"], "soft", axis="one")], [X], [Y])), "soft|axis"
    yield "wrong-axis.onnx", model(
        Graph([node("Softmax", ["x"], ["y"], "soft", axis=7)], [X], [Y])), "soft|axis"
    yield "wrong-shapes.onnx", model(
        Graph([add], [X], [Y], [tensor("w", [5], [1, 2, 3, 4, 5])])), "sum|shape|broadcast"
    yield "wrong-matmul.onnx", model(
        Graph([node("MatMul", ["x", "w"], ["y"], "product")], [X], [value("y", [2, 2])],
              [tensor("w", [5, 2], list(range(10)))])), "product|shape|contract|MatMul"
    yield "negative-dim.onnx", model(
        Graph([add], [X], [Y], [tensor("w", [-3], [1, 2, 3])])), "negative|dimension|'w'|-3"
    yield "negative-input.onnx", model(
        Graph([node("Relu", ["x"], ["y"])], [value("x", [2, -3])], [Y])), "negative|dimension|-3"
    yield "short-data.onnx", model(
        Graph([add], [X], [Y], [tensor("w", [3], raw=b"1234")])), "'?w'?|bytes|data"
    huge = [1 << 31, 1 << 31]
    yield "huge-weight.onnx", model(
        Graph([add], [X], [Y], [tensor("w", huge, raw=b"1234")])), "'?w'?|large|bytes|elements"
    yield "overflowing-weight.onnx", model(
        Graph([add], [X], [Y], [tensor("w", [1 << 62, 4, 4], raw=b"")])), "'?w'?|large|overflow|bytes|elements"
    yield "huge-input.onnx", model(
        Graph([relu], [value("x", huge)], [value("y", huge)])), "large|elements|memory|bytes|overflow"
    yield "huge-constant.onnx", model(
        Graph([node("ConstantOfShape", ["s"], ["w"], "fill"), add], [X], [value("y", ["a", "b"])],
              [tensor("s", [2], huge, INT64)])), "fill|large|elements|memory|shape|sum|ConstantOfShape"
    yield "bad-element-type.onnx", model(
        Graph([add], [X], [Y], [tensor("w", [3], raw=bytes(12), kind=99)])), "type|'w'"
    yield "reshape-mismatch.onnx", model(
        Graph([node("Reshape", ["x", "s"], ["y"], "bend")], [X], [value("y", [4, 4])],
              [tensor("s", [2], [4, 4], INT64)])), "bend|shape|Reshape"
    yield "nested-500.onnx", nested_bytes(500), "deep|nest|recurs|parse|malformed|damaged|protobuf"
    for name, external, words in (
        ("missing", {"location": "missing.bin"}, "missing.bin"),
        ("absolute", {"location": "/etc/passwd"}, "absolute|/etc/passwd"),
        ("parent", {"location": "../secret.bin"}, r"\.\.|outside"),
        ("past-end", {"location": "weights.bin", "offset": 0, "length": 4096}, "end|size|bytes|weights.bin"),
        ("offset", {"location": "weights.bin", "offset": 1 << 62, "length": 12}, "end|size|bytes|offset|weights.bin"),
        ("link", {"location": "link.bin", "length": 12}, "link|outside"),
    ):
        yield f"external-{name}.onnx", model(
            Graph([add], [X], [Y], [tensor("w", [3], external=external)])), words


def nested_bytes(depth):
    """If nodes nested so deep that a recursive reader would run out of stack."""
    inner = bytes(Graph([node("Relu", ["x"], ["r"])], [], [value("r", [2, 3])]))
    for _ in range(depth):
        branch = field(1, "then_branch") + field(6, inner) + field(20, 5)
        body = field(1, "c") + field(2, "r") + field(3, "deep") + field(4, "If") + field(5, branch)
        inner = field(2, "g") + field(1, body) + field(12, value("r", [2, 3]))
    graph = inner + field(11, X) + field(11, value("c", [], BOOL))
    return field(1, 8) + field(8, field(2, 17)) + field(7, graph)


def write(path, data):
    with open(path, "wb") as out:
        out.write(data)


def read(path):
    with open(path, "rb") as file:
        return file.read()


def bad(folder, mnist):
    with open(os.path.join(folder, "expected"), "w") as expected:
        for name, data, words in bad_files(read(mnist)):
            write(os.path.join(folder, name), data)
            expected.write(f"{name}\t{words}\n")
    write(os.path.join(folder, "weights.bin"), bytes(12))
    os.symlink("/etc/hostname", os.path.join(folder, "link.bin"))


def flips(folder, mnist, count):
    good = read(mnist)
    generator = random.Random(3)
    for index in range(int(count)):
        data = bytearray(good)
        for _ in range(generator.choice((1, 1, 3, 10))):
            # The structure lies at both ends; most of the middle is weights.
            at = generator.choice((generator.randrange(len(data)),
                                   generator.randrange(2000),
                                   len(data) - 1 - generator.randrange(3000)))
            data[at] ^= 1 << generator.randrange(8)
        if generator.random() < 0.2:
            del data[generator.randrange(len(data)):]
        write(os.path.join(folder, f"{index}.onnx"), bytes(data))


def deep(path, count):
    count = int(count)
    nodes = [node("Relu", ["x" if i == 0 else f"t{i}"],
                  ["y" if i == count - 1 else f"t{i + 1}"]) for i in range(count)]
    write(path, model(Graph(nodes, [X], [Y])))


if __name__ == "__main__":
    {"bad": bad, "flips": flips, "deep": deep}[sys.argv[1]](*sys.argv[2:])
