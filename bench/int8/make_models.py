"""Makes int8 ResNet-50 and MobileNetV2 with ONNX Runtime's quantiser.

make_models.py FOLDER    for each network NAME:
    NAME.qoperator.onnx, NAME.qdq.onnx    the same numbers in both forms
    NAME.npy [8,1,3,224,224]              inputs
    NAME.logits.npy [8,1,1000]            ONNX Runtime's answers to the first form

The float networks are seeded (../resnet50/make_model.py says how their weights
are chosen); activations are unsigned, weights signed and of one scale for each
channel, ranges from eight pictures. Checked: no activation has more than 30 % of
one number other than its zero point, and the answers differ.
"""

import pathlib
import sys

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper
from onnxruntime import quantization

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "resnet50"))
from make_model import Network, pictures, resnet50  # noqa: E402

# MobileNetV2's rows: expansion, channels, repetitions, first stride.
ROWS = ((1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1),
        (6, 160, 3, 2), (6, 320, 1, 1))


class MobileNetwork(Network):
    """Adds depthwise convolutions and the bounded ReLU."""

    def relu6(self, x, name):
        low, high = self.weight(name + "/low", 0.0), self.weight(name + "/high", 6.0)
        return self.node("Clip", [x, low, high], name)

    def depthwise(self, x, name, channels, stride):
        deviation = np.sqrt(1 / (0.34 * 9))
        values = self.random.normal(0, deviation, (channels, 1, 3, 3))
        values -= 0.7 * values.mean(axis=(2, 3), keepdims=True)
        kernel = self.weight(name + "/w", values)
        bias = self.weight(name + "/b", self.random.normal(0, 0.2, channels))
        return self.node("Conv", [x, kernel, bias], name, kernel_shape=[3, 3], group=channels,
                         strides=[stride, stride], pads=[1] * 4)

    def inverted(self, x, name, channels, out, expansion, stride):
        wide, y = channels * expansion, x
        if expansion > 1:
            y = self.relu6(self.convolution(y, name + "/expand", channels, wide, 1),
                           name + "/expand/relu")
        y = self.relu6(self.depthwise(y, name + "/depthwise", wide, stride),
                       name + "/depthwise/relu")
        y = self.convolution(y, name + "/project", wide, out, 1, gain=0.8)
        if stride == 1 and channels == out:
            y = self.node("Add", [y, x], name + "/add")
        return y


def mobilenet2(seed):
    net = MobileNetwork(seed)
    x = net.relu6(net.convolution("image", "stem", 3, 32, 3, 2), "stem/relu")
    channels = 32
    for row, (expansion, out, count, stride) in enumerate(ROWS):
        for index in range(count):
            x = net.inverted(x, f"row{row}/block{index}", channels, out, expansion,
                             stride if index == 0 else 1)
            channels = out
    x = net.relu6(net.convolution(x, "last", channels, 1280, 1), "last/relu")
    x = net.node("GlobalAveragePool", [x], "pool")
    x = net.node("Flatten", [x], "flatten", axis=1)
    values = net.random.normal(0, np.sqrt(1 / 1280), (1000, 1280))
    matrix = net.weight("dense/w", values - values.mean(axis=1, keepdims=True))
    bias = net.weight("dense/b", net.random.normal(0, 0.05, 1000))
    net.nodes.append(helper.make_node("Gemm", [x, matrix, bias], ["logits"], "dense", transB=1))
    image = helper.make_tensor_value_info("image", TensorProto.FLOAT, [1, 3, 224, 224])
    logits = helper.make_tensor_value_info("logits", TensorProto.FLOAT, [1, 1000])
    graph = helper.make_graph(net.nodes, "mobilenet2", [image], [logits], net.weights)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8,
                             producer_name="systole-bench")


class Pictures(quantization.CalibrationDataReader):
    def __init__(self, images):
        self.images = iter(images)

    def get_next(self):
        image = next(self.images, None)
        return None if image is None else {"image": image}


def quantize(source, target, form, images):
    quantization.quantize_static(
        str(source), str(target), Pictures(images), quant_format=form, per_channel=True,
        activation_type=quantization.QuantType.QUInt8, weight_type=quantization.QuantType.QInt8,
        extra_options={"WeightSymmetric": True})


def check_activations(path, image):
    """Fails where one number other than the zero point fills an activation."""
    model = onnx.load(path)
    zeros = {w.name: int(onnx.numpy_helper.to_array(w)) for w in model.graph.initializer
             if w.name.endswith("zero_point") and not w.dims}
    inside = [(n.output[0], zeros.get(n.input[7 if n.op_type != "QLinearConv" else 7]))
              for n in model.graph.node if n.op_type in ("QLinearConv", "QLinearAdd")]
    for name, _ in inside:
        model.graph.output.add(name=name)
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    session = onnxruntime.InferenceSession(model.SerializeToString(), options,
                                           providers=["CPUExecutionProvider"])
    values = session.run([name for name, _ in inside], {"image": image})
    for (name, zero), value in zip(inside, values):
        counts = np.bincount(value.astype(np.int64).ravel() & 255, minlength=256)
        if zero is not None:
            counts[zero & 255] = 0
        assert counts.max() <= 0.3 * value.size, f"{name}: one number is everywhere"


def main(folder):
    folder.mkdir(parents=True, exist_ok=True)
    images = pictures(51, 8)
    for name, model in (("resnet50", resnet50(50)), ("mobilenet2", mobilenet2(52))):
        source = folder / f"{name}.float.onnx"
        onnx.checker.check_model(model)
        onnx.save(model, source)
        folded = folder / f"{name}.folded.onnx"
        quantization.shape_inference.quant_pre_process(str(source), str(folded))
        for form in (quantization.QuantFormat.QOperator, quantization.QuantFormat.QDQ):
            quantize(folded, folder / f"{name}.{form.name.lower()}.onnx", form, images)
        path = folder / f"{name}.qoperator.onnx"
        check_activations(path, images[0])
        session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
        logits = np.stack([session.run(None, {"image": image})[0] for image in images])
        closest = min(np.abs(logits[i] - logits[j]).max() for i in range(8) for j in range(i))
        assert closest > 0.1 * np.abs(logits).max(), "the network answers alike"
        np.save(folder / f"{name}.npy", images)
        np.save(folder / f"{name}.logits.npy", logits)
        print(f"{path}: {path.stat().st_size / 1e6:.1f} MB, answers differ by {closest:.2f} or more")


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
