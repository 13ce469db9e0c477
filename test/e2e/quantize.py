"""Post-training quantisation of the corpus's float models, against labels.

quantize.py MODEL...: each of MODELS below is quantised with calibration data
that is not tested, then run on the cpu, as is the float model. Fails if the
quantised one has more than 5 in 1,000 fewer right than the float one, or more
than 3 fewer than the int8 file of the model's author, or if the interpreter
gives other bits than the cpu.
"""

import os
import subprocess
import sys

import tensors

CORPUS = os.path.join(os.environ["SYSTOLE_SHARED"], "corpus")


def systole(*arguments):
    subprocess.run(["systole", *arguments], check=True)


def output(folder):
    (name,) = os.listdir(folder)
    return tensors.load(os.path.join(folder, name))


def rows(values, size, chosen):
    """The chosen rows of `size` values each, one after the other."""
    return [x for row in chosen for x in values[row * size : (row + 1) * size]]


def digits(scale, *batch):
    """Calibration by 200 digits of the training set, 5,000 test digits."""
    def images(name, count):
        (_, height, width), data = tensors.idx(os.path.join(CORPUS, "data-mnist", name))
        pixels = [x * scale for x in data[: count * height * width]]
        return [count, *batch, height, width], pixels
    _, labels = tensors.idx(os.path.join(CORPUS, "data-mnist/t10k-first5000-labels-idx1-ubyte.gz"))
    yield (images("train-images-idx3-ubyte.gz", 200),
           images("t10k-first5000-images-idx3-ubyte.gz", 5000), labels)


def pictures():
    """Calibration by every tenth of the JPEG test pictures, 1,000 lossless ones."""
    folder = os.path.join(CORPUS, "data-cifar10")
    def images(name, step):
        (count, *shape), values = tensors.load(os.path.join(folder, name))
        chosen = range(0, count, step)
        return [len(chosen), 1, *shape], rows(values, 3072, chosen)
    yield (images("jpeg_test_x.npy", 10), images("lossless_train_x.npy", 1),
           tensors.load(os.path.join(folder, "lossless_train_y.npy"))[1])


def clips():
    """500 clips are all there are: each half is calibrated by the other."""
    folder = os.path.join(CORPUS, "data-speech-commands-kws01")
    (count, *shape), values = tensors.load(os.path.join(folder, "mfcc_int8.npy"))
    _, labels = tensors.load(os.path.join(folder, "labels.npy"))
    numbers = [(x - 83) * 0.584703 for x in values]
    size = len(numbers) // count
    halves = [[[len(half), 1, *shape], rows(numbers, size, half)]
              for half in (range(0, count, 2), range(1, count, 2))]
    yield halves[1], halves[0], labels[0::2]
    yield halves[0], halves[1], labels[1::2]


# Name: file, data, how many the author's int8 file has right (None: there is
# no such file).
MODELS = {
    "mnist": ("mnist-onnx-cntk/mnist.onnx", lambda: digits(1, 1, 1), None),
    "lstm": ("tflite-micro-models/trained_lstm.tflite", lambda: digits(1 / 255, 1), None),
    "resnet8": ("mlperf-tiny-ic-resnet8/pretrainedResnet.tflite", pictures, 925),
    "keywords": ("mlperf-tiny-kws-dscnn/kws_ref_model_float32.tflite", clips, 449),
}


def hits(model, labels, folder):
    systole("run", model, "--input", "test.npy", "--each", "--output-dir", folder)
    shape, values = output(folder)
    size = len(values) // shape[0]
    return sum(tensors.argmax(values[i * size : (i + 1) * size]) == label
               for i, label in enumerate(labels))


def same_bits(model, samples):
    """The interpreter's outputs on the first samples, against the cpu's."""
    shape, values = samples
    few = 3
    size = len(values) // shape[0]
    tensors.save("few.npy", [few, *shape[1:]], values[: few * size])
    systole("run", model, "--device=interpreter", "--input", "few.npy", "--each",
            "--output-dir", f"{model}-oracle")
    systole("run", model, "--input", "few.npy", "--each", "--compare", f"{model}-oracle",
            "--rtol", "0", "--atol", "0")


def check(name):
    path, data, author = MODELS[name]
    source = os.path.join(CORPUS, path)
    total = floats = integers = 0
    for part, (calibration, test, labels) in enumerate(data()):
        model = f"{name}{part}.mlir"
        tensors.save("calibration.npy", *calibration)
        tensors.save("test.npy", *test)
        systole("compile", source, "-o", model, "--compile-to=quantize", "--quantize=int8",
                "--calibration", "calibration.npy")
        # The LSTM's loop computes on floats.
        if name != "lstm":
            same_bits(model, test)
        total += len(labels)
        floats += hits(source, labels, f"{name}{part}-float")
        integers += hits(model, labels, f"{name}{part}-int8")
    known = "" if author is None else f", the author's int8 file {author}"
    print(f"{name}: {integers} of {total} right, floats {floats}{known}", flush=True)
    return integers >= floats - total * 5 / 1000 and (author is None or integers >= author - 3)


sys.exit(not all([check(name) for name in sys.argv[1:]]))
