"""large_model.py FILE BYTES: an ONNX model y = sum of x[1] and the maximum of one
weight of BYTES zero bytes, as a sparse file."""

import sys


def varint(value):
    out = b""
    while value > 127:
        out += bytes([value & 127 | 128])
        value >>= 7
    return out + bytes([value])


def head(number, length):
    """The tag and length of a field that holds `length` bytes."""
    return varint(number << 3 | 2) + varint(length)


def text(number, value):
    return head(number, len(value)) + value.encode()


def message(number, body):
    return head(number, len(body)) + body


def value(name):
    shape = message(2, message(1, varint(1 << 3) + varint(1)))
    return text(1, name) + message(2, message(1, varint(1 << 3) + varint(1) + shape))


def node(op, inputs, output, attributes=b""):
    body = b"".join(text(1, name) for name in inputs) + text(2, output) + text(4, op)
    return message(1, body + attributes)


path, size = sys.argv[1], int(sys.argv[2])
keep = message(5, text(1, "keepdims") + varint(3 << 3) + varint(0) + varint(20 << 3) + varint(2))
graph = node("ReduceMax", ["w"], "m", keep) + node("Add", ["x", "m"], "y")
graph += message(11, value("x")) + message(12, value("y"))
# The weight's bytes are the end of the weight, of the graph and of the file.
weight = varint(1 << 3) + varint(size // 4) + varint(2 << 3) + varint(1) + text(8, "w")
weight += head(9, size)
graph += head(5, len(weight) + size) + weight
model = varint(1 << 3) + varint(8) + message(8, varint(2 << 3) + varint(17))
model += head(7, len(graph) + size) + graph
with open(path, "wb") as file:
    file.write(model)
    file.truncate(len(model) + size)
