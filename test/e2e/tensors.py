"""Reads, makes and compares .npy files with the standard library alone.

What the end-to-end tests need around the tools: data sets turned into tensors,
and figures (accuracy, PSNR, differences) computed from output files. As a
program: tensors.py COMMAND ARGUMENT..., see COMMANDS at the end.
"""

import array
import ast
import cmath
import functools
import gzip
import math
import struct
import sys
import wave

# numpy's type letters for Python's array module (int64 is 'q', float32 'f').
CODES = {"<f4": "f", "<f8": "d", "<i8": "q", "<i4": "i", "<i2": "h", "|u1": "B", "|i1": "b", "|b1": "B"}


def save(path, shape, values, dtype="<f4"):
    """Writes values (row-major) as a version 1.0 .npy file."""
    header = repr({"descr": dtype, "fortran_order": False, "shape": tuple(shape)})
    header += " " * (-(len(header) + 11) % 64) + "\n"
    with open(path, "wb") as out:
        out.write(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)))
        out.write(header.encode())
        # A bytes object would be taken as memory, not as numbers.
        array.array(CODES[dtype], list(values)).tofile(out)


def save_strings(path, dtype, texts):
    """Writes a list of strings of numpy's type S or U, as "U7"."""
    width = int(dtype[1:])
    header = repr({"descr": "<" + dtype, "fortran_order": False, "shape": (len(texts),)})
    header += " " * (-(len(header) + 11) % 64) + "\n"
    with open(path, "wb") as out:
        out.write(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)))
        out.write(header.encode())
        for text in texts:
            data = text.encode("utf-32-le" if dtype[0] == "U" else "utf-8")
            out.write(data.ljust(width * (4 if dtype[0] == "U" else 1), b"\0"))


def load_strings(path):
    """Returns (shape, list of strings) of a file of numpy's type S."""
    with open(path, "rb") as file:
        data = file.read()
    begin = 10 + int.from_bytes(data[8:10], "little")
    header = ast.literal_eval(data[10:begin].decode())
    width = int(header["descr"][2:])
    count = math.prod(header["shape"])
    cells = (data[begin + i * width : begin + (i + 1) * width] for i in range(count))
    return header["shape"], [cell.rstrip(b"\0").decode() for cell in cells]


def load(path):
    """Returns (shape, array of values) of a C-ordered .npy file."""
    with open(path, "rb") as file:
        data = file.read()
    assert data[:6] == b"\x93NUMPY", f"{path} is not a .npy file"
    size = 2 if data[6] == 1 else 4
    length = int.from_bytes(data[8 : 8 + size], "little")
    begin = 8 + size + length
    header = ast.literal_eval(data[8 + size : begin].decode())
    assert not header["fortran_order"], f"{path} is in Fortran order"
    values = array.array(CODES[header["descr"]])
    values.frombytes(data[begin:])
    return header["shape"], values


def idx(path):
    """Returns (dimensions, bytes) of a gzipped IDX file (the MNIST format)."""
    with gzip.open(path) as file:
        data = file.read()
    rank = data[3]
    begin = 4 + 4 * rank
    return struct.unpack(f">{rank}I", data[4:begin]), data[begin:]


def samples(path):
    """Returns the samples of a 16-bit mono WAV file, scaled to -1..1."""
    with wave.open(path) as file:
        assert file.getsampwidth() == 2 and file.getnchannels() == 1
        data = array.array("h", file.readframes(file.getnframes()))
    return [value / 32768 for value in data]


def argmax(values):
    return max(range(len(values)), key=values.__getitem__)


def mnist(images, out, count):
    """Makes float [count,1,1,28,28] of the first digits of an IDX file."""
    (total, rows, columns), data = idx(images)
    count = min(int(count), total)
    save(out, (count, 1, 1, rows, columns), data[: count * rows * columns])


def accuracy(logits, labels):
    """Prints how many rows of logits have their maximum at the label."""
    shape, values = load(logits)
    width = shape[-1]
    count = len(values) // width
    _, truth = idx(labels)
    hits = sum(
        argmax(values[row * width : (row + 1) * width]) == truth[row]
        for row in range(count)
    )
    print(hits, "of", count)


def predictions(logits, labels):
    """As accuracy, with labels in an integer .npy file."""
    shape, values = load(logits)
    _, truth = load(labels)
    width = shape[-1]
    hits = sum(
        argmax(values[row * width : (row + 1) * width]) == label
        for row, label in enumerate(truth)
    )
    print(hits, "of", len(truth))


def same(found, expected):
    """Fails unless both have the same shape and the same values."""
    if load(found) != load(expected):
        sys.exit(f"{found} is {load(found)}, not {load(expected)}")


def difference(found, expected):
    """Prints max |found - expected| / max |expected|, over the shorter file."""
    _, left = load(found)
    _, right = load(expected)
    count = min(len(left), len(right))
    assert count > 0, "nothing to compare"
    worst = max(abs(left[i] - right[i]) for i in range(count))
    assert worst == worst, "a value is not a number"
    print(f"{worst / max(abs(v) for v in right[:count]):.3e}")


def absolute(found, expected):
    """Prints max |found - expected|; the element counts must agree."""
    _, left = load(found)
    _, right = load(expected)
    assert len(left) == len(right) > 0, (len(left), len(right))
    assert all(math.isfinite(value) for value in left), "a value is not finite"
    print(f"{max(abs(a - b) for a, b in zip(left, right)):.3e}")


def psnr(found, truth, border):
    """Prints the PSNR of luminance 0..1 against bytes, border pixels cut."""
    shape, values = load(found)
    (rows, columns), pixels = load(truth)
    assert tuple(shape[-2:]) == (rows, columns)
    border = int(border)
    total = count = 0
    for row in range(border, rows - border):
        for column in range(border, columns - border):
            at = row * columns + column
            value = min(max(values[at] * 255, 0), 255)
            total += (value - pixels[at]) ** 2
            count += 1
    print(f"{10 * math.log10(255 * 255 * count / total):.3f}")


def pixels(source, out):
    """Makes (byte - 127) / 128 of an image tensor: UltraFace's input."""
    shape, values = load(source)
    save(out, shape, [(value - 127) / 128 for value in values])


def vad(source, out):
    """Frames a WAV as Silero wants: 64 samples of context, 512 new ones."""
    signal = samples(source)
    count = len(signal) // 512
    padded = [0.0] * 64 + signal
    values = []
    for frame in range(count):
        values += padded[512 * frame : 512 * frame + 576]
    save(out, (count, 1, 576), values)


@functools.lru_cache(None)
def turns(count):
    """The factors that combine two transforms of half the size."""
    return [cmath.exp(-2j * math.pi * k / count) for k in range(count // 2)]


def transform(values):
    """The Fourier transform of a power-of-two list of numbers."""
    count = len(values)
    if count == 2:
        return [values[0] + values[1], values[0] - values[1]]
    even, odd = transform(values[::2]), transform(values[1::2])
    turned = [factor * value for factor, value in zip(turns(count), odd)]
    return [e + t for e, t in zip(even, turned)] + [
        e - t for e, t in zip(even, turned)
    ]


def dtln(source, magnitudes, frames, count):
    """Makes DTLN's first input: |rfft| of blocks of 512 samples, shift 128."""
    signal = samples(source)
    count = min(int(count), (len(signal) - 512) // 128 + 1)
    blocks, spectra = [], []
    for frame in range(count):
        block = signal[128 * frame : 128 * frame + 512]
        blocks += block
        spectra += [abs(value) for value in transform(block)[:257]]
    save(magnitudes, (count, 1, 1, 257), spectra)
    save(frames, (count, 1, 1, 512), blocks)


def masked(frames, masks, out):
    """Makes DTLN's second input: irfft of each block's spectrum times mask."""
    shape, samples_ = load(frames)
    _, mask = load(masks)
    values = []
    for frame in range(shape[0]):
        spectrum = transform(samples_[512 * frame : 512 * frame + 512].tolist())
        factor = mask[257 * frame : 257 * frame + 257].tolist()
        factor += factor[255:0:-1]
        # The transform of the conjugate is the conjugate of the inverse.
        product = [(s * f).conjugate() for s, f in zip(spectrum, factor)]
        values += [value.real / 512 for value in transform(product)]
    save(out, shape, values)


def scalar(out, value):
    """Makes an int64 scalar."""
    save(out, (), [int(value)], "<i8")


def spans(source, low, high):
    """Fails unless values lie below low and others above high."""
    _, values = load(source)
    least, most = min(values), max(values)
    if not (least < float(low) and most > float(high)):
        sys.exit(f"values only from {least} to {most}")


def digits(images, labels, out, out_labels):
    """Makes the ten digits of test/models: the first of each class."""
    (_, rows, columns), data = idx(images)
    _, truth = idx(labels)
    size = rows * columns
    chosen = [truth.index(digit) for digit in range(10)]
    values = [pixel for at in chosen for pixel in data[at * size : (at + 1) * size]]
    save(out, (10, 1, 1, rows, columns), values)
    save(out_labels, (10,), [truth[at] for at in chosen], "<i8")


def within(value, centre, tolerance):
    """Fails unless |value - centre| <= tolerance."""
    value, centre, tolerance = float(value), float(centre), float(tolerance)
    if not abs(value - centre) <= tolerance:
        sys.exit(f"{value} is not within {tolerance} of {centre}")


COMMANDS = [
    mnist,
    accuracy,
    same,
    difference,
    absolute,
    psnr,
    pixels,
    vad,
    dtln,
    masked,
    digits,
    predictions,
    scalar,
    spans,
    within,
]

if __name__ == "__main__":
    {command.__name__: command for command in COMMANDS}[sys.argv[1]](*sys.argv[2:])
