"""Makes ResNet-50 (v1.5, 25.6 million parameters, 100 MB) as an ONNX file.

make_model.py FOLDER    writes resnet50.onnx, inputs.npy [8,1,3,224,224] and
                        logits.npy [8,1,1000], ONNX Runtime's answers

The weights are random, but behave like trained ones: variances are kept from
layer to layer, and every batch normalisation has statistics of its own, so a
wrong fold shows. The answers to the eight inputs are checked to differ.
Seeded: the same files on every machine.
"""

import pathlib
import sys

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

# Blocks of the four stages, and the width of their 3x3 convolutions.
STAGES = ((3, 64), (4, 128), (6, 256), (3, 512))
# What a block's last normalisation multiplies with: less than 1, so that sixteen
# sums do not blow up the variance.
RESIDUAL_GAIN = 0.6


class Network:
    """An ONNX graph under construction."""

    def __init__(self, seed):
        self.random = np.random.default_rng(seed)
        self.nodes, self.weights = [], []

    def weight(self, name, values):
        array = np.asarray(values, np.float32)
        self.weights.append(numpy_helper.from_array(array, name))
        return name

    def node(self, op, inputs, name, **attributes):
        output = name + "/out"
        self.nodes.append(helper.make_node(op, inputs, [output], name, **attributes))
        return output

    def convolution(self, x, name, channels, filters, size, stride=1, gain=1.0):
        """Convolution without bias, then batch normalisation."""
        # Half of a normal variable's variance passes a ReLU as second moment, 1 /
        # (2 pi) of it as square of the mean, which the filters below cancel.
        kept = 0.5 - 0.5 / np.pi
        deviation = np.sqrt(1 / (kept * channels * size * size))
        shape = (filters, channels, size, size)
        values = self.random.normal(0, deviation, shape)
        # After a ReLU everything is positive; filters that sum to zero do not
        # hand that common part on, or all pictures would soon look alike.
        values -= values.mean(axis=(1, 2, 3), keepdims=True)
        kernel = self.weight(name + "/w", values)
        pad = size // 2
        y = self.node("Conv", [x, kernel], name, kernel_shape=[size, size],
                      strides=[stride, stride], pads=[pad] * 4)
        uniform, normal = self.random.uniform, self.random.normal
        statistics = [
            self.weight(name + "/scale", gain * uniform(0.7, 1.3, filters)),
            self.weight(name + "/shift", normal(0, 0.1, filters)),
            self.weight(name + "/mean", normal(0, 0.2, filters)),
            self.weight(name + "/variance", uniform(0.7, 1.4, filters)),
        ]
        return self.node("BatchNormalization", [y] + statistics, name + "/norm",
                         epsilon=1e-5)

    def relu(self, x, name):
        return self.node("Relu", [x], name)

    def block(self, x, name, channels, width, stride):
        """1x1, 3x3, 1x1 convolutions beside a shortcut; 4 * width channels out."""
        y = self.relu(self.convolution(x, name + "/a", channels, width, 1), name + "/a/relu")
        y = self.relu(self.convolution(y, name + "/b", width, width, 3, stride), name + "/b/relu")
        y = self.convolution(y, name + "/c", width, 4 * width, 1, gain=RESIDUAL_GAIN)
        if channels != 4 * width:
            x = self.convolution(x, name + "/shortcut", channels, 4 * width, 1, stride, 0.7)
        return self.relu(self.node("Add", [y, x], name + "/add"), name + "/relu")


def resnet50(seed):
    net = Network(seed)
    x = net.relu(net.convolution("image", "stem", 3, 64, 7, 2), "stem/relu")
    x = net.node("MaxPool", [x], "stem/pool", kernel_shape=[3, 3], strides=[2, 2],
                 pads=[1, 1, 1, 1])
    channels = 64
    for stage, (blocks, width) in enumerate(STAGES):
        for index in range(blocks):
            stride = 2 if stage and index == 0 else 1
            x = net.block(x, f"stage{stage + 1}/block{index + 1}", channels, width, stride)
            channels = 4 * width
    x = net.node("GlobalAveragePool", [x], "pool")
    x = net.node("Flatten", [x], "flatten", axis=1)
    values = net.random.normal(0, np.sqrt(1 / channels), (1000, channels))
    matrix = net.weight("dense/w", values - values.mean(axis=1, keepdims=True))
    bias = net.weight("dense/b", net.random.normal(0, 0.05, 1000))
    net.nodes.append(helper.make_node("Gemm", [x, matrix, bias], ["logits"], "dense", transB=1))
    image = helper.make_tensor_value_info("image", TensorProto.FLOAT, [1, 3, 224, 224])
    logits = helper.make_tensor_value_info("logits", TensorProto.FLOAT, [1, 1000])
    graph = helper.make_graph(net.nodes, "resnet50", [image], [logits], net.weights)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)],
                              ir_version=8, producer_name="systole-bench")
    onnx.checker.check_model(model)
    return model


def pictures(seed, count):
    """Smooth random pictures: a few waves in each, and noise."""
    random = np.random.default_rng(seed)
    rows, columns = np.meshgrid(np.linspace(0, 1, 224), np.linspace(0, 1, 224), indexing="ij")
    out = np.empty((count, 1, 3, 224, 224), np.float32)
    for picture in out.reshape(count * 3, 224, 224):
        picture[:] = random.normal(0, 0.3, picture.shape)
        for _ in range(4):
            a, b, phase = random.uniform(-20, 20, 3)
            picture += random.normal(0, 0.7) * np.sin(a * rows + b * columns + phase)
    return out


def main(folder):
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "resnet50.onnx"
    onnx.save(resnet50(50), path)
    inputs = pictures(51, 8)
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    logits = np.stack([session.run(None, {"image": image})[0] for image in inputs])
    largest = np.abs(logits).max()
    assert np.isfinite(largest) and 0.1 < largest < 1000, largest
    closest = min(np.abs(logits[i] - logits[j]).max() for i in range(8) for j in range(i))
    assert closest > 0.2 * largest, "the network answers alike whatever it sees"
    np.save(folder / "inputs.npy", inputs)
    np.save(folder / "logits.npy", logits)
    print(f"{path}: {path.stat().st_size / 1e6:.1f} MB, largest |logit| {largest:.2f}, "
          f"answers differ by {closest:.2f} or more")


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
