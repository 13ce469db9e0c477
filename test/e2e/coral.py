"""The pictures of the Coral models, against what is known to be in them.

label MODEL SIZE PICTURE CLASS: the class of the largest output.
segment MODEL PICTURE MASK CLASS PIXELS OVERLAP: shares of pixels that agree with
a mask, and of the class's intersection in its union.
pose MODEL SIZE PICTURE CSV TOLERANCE: places of the joints.
digit MODEL PICTURE DIGIT
"""

import csv
import math
import os
import shutil
import struct
import subprocess
import sys

import tensors


def bitmap(path):
    """(width, height, channels, rows of bytes) of a BMP, rows from the top."""
    with open(path, "rb") as file:
        data = file.read()
    start, _, width, height, _, bits = struct.unpack_from("<IIiiHH", data, 10)
    channels = bits // 8
    stride = (width * channels + 3) // 4 * 4
    rows = []
    for y in range(abs(height)):
        row = data[start + y * stride:start + y * stride + width * channels]
        if channels >= 3:  # Blue comes first.
            row = bytes(row[x + c] for x in range(0, len(row), channels) for c in (2, 1, 0))
        rows.append(row)
    return width, abs(height), min(channels, 3), rows[::-1] if height > 0 else rows


def weights(size, to):
    """For each of `to` places, the first source index and the weights there: a
    triangle as wide as a step, as PIL's bilinear filter has it."""
    scale = size / to
    reach = max(scale, 1.0)
    result = []
    for i in range(to):
        centre = (i + 0.5) * scale
        first, last = max(int(centre - reach + 0.5), 0), min(int(centre + reach + 0.5), size)
        values = [max(0.0, 1 - abs((x + 0.5 - centre) / max(scale, 1.0)))
                  for x in range(first, last)]
        total = sum(values)
        result.append((first, [value / total for value in values]))
    return result


def resized(path, size):
    """A picture as size x size x channels bytes."""
    width, height, channels, rows = bitmap(path)
    if (width, height) == (size, size):
        return [value for row in rows for value in row]
    lines = [[sum(w * row[(first + k) * channels + c] for k, w in enumerate(ws))
              for first, ws in weights(width, size) for c in range(channels)] for row in rows]
    return [min(255, max(0, int(sum(w * lines[first + k][x] for k, w in enumerate(ws)) + 0.5)))
            for first, ws in weights(height, size) for x in range(size * channels)]


def run(model, size, picture, channels=3):
    tensors.save("in.npy", [1, size, size, channels][:4 if channels == 3 else 3],
                 resized(picture, size), "|u1")
    shutil.rmtree("out", ignore_errors=True)
    subprocess.run(["systole", "run", model, "--input", "in.npy", "--output-dir", "out",
                    "--quiet"], check=True)
    (name,) = os.listdir("out")
    return tensors.load("out/" + name)[1]


def label(model, size, picture, expected):
    found = tensors.argmax(run(model, int(size), picture))
    return None if found == int(expected) else f"class {found}, not {expected}"


def segment(model, picture, mask, wanted, pixels, overlap):
    truth = [value for row in bitmap(mask)[3] for value in row]
    found = run(model, 513, picture)
    # The mask has the class's number, or any other than 0, where the object is.
    inside = [value != 0 for value in truth]
    hit = [value == int(wanted) for value in found]
    same = sum(a == b for a, b in zip(inside, hit, strict=True)) / len(hit)
    union = sum(a or b for a, b in zip(inside, hit))
    both = sum(a and b for a, b in zip(inside, hit)) / max(union, 1)
    print(f"{same:.4f} of the pixels, overlap {both:.4f}")
    return None if same >= float(pixels) and both >= float(overlap) else "too little agrees"


def pose(model, size, picture, reference, tolerance):
    with open(reference) as file:
        expected = [(float(row["keypoint_x"]), float(row["keypoint_y"]))
                    for row in csv.DictReader(file)]
    found = run(model, int(size), picture)
    # The model gives y, x and a score for each joint.
    worst = max(max(abs(x - found[3 * i + 1]), abs(y - found[3 * i]))
                for i, (x, y) in enumerate(expected))
    print(f"joints within {worst:.4f}")
    return None if worst <= float(tolerance) and math.isfinite(worst) else "a joint is elsewhere"


def digit(model, picture, expected):
    found = tensors.argmax(run(model, 28, picture, channels=1))
    return None if found == int(expected) else f"digit {found}, not {expected}"


if __name__ == "__main__":
    wrong = {"label": label, "segment": segment, "pose": pose, "digit": digit}[sys.argv[1]](*sys.argv[2:])
    if wrong:
        sys.exit(f"{' '.join(sys.argv[1:])}: {wrong}")
