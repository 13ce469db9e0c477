"""The TFLite files of a shared folder, against what the reference kernels gave.

zoo ZOO DEVICE FOLDERS EXPECTED_FAILURES...: the files of a zoo's MANIFEST.tsv in
folders that match an expression; integer outputs have the same bits, floats are within 2e-3 of the largest value (2e-2
where a file holds reduced precision). A folder/file that is expected to fail must.
seanet FOLDER DEVICE [EVERY]: operators of 16-bit numbers with golden outputs.
right MODEL DEVICE SAMPLES LABELS SHIFT COUNT: of the samples, each number less
SHIFT, exactly COUNT get the label whose output is largest.
stream MODEL STEPS: a model with state, over made-up numbers.
"""

import csv
import glob
import json
import math
import os
import re
import subprocess
import sys

import tensors

DTYPES = {"int8": "|i1", "uint8": "|u1", "int32": "<i4", "int64": "<i8"}


def systole(*arguments):
    done = subprocess.run(["systole", *arguments], capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(done.stderr.strip() or f"exit status {done.returncode}")
    return done.stdout


def run(model, device, files, each=False, floats=False):
    """The outputs as (shape, values), in the model's order."""
    info = json.loads(systole("inspect", model, "--json"))
    arguments = [word for i, path in enumerate(files) for word in ("--input", f"{i}={path}")]
    arguments += ["--each"] if each else []
    arguments += ["--dequantize"] if floats else []
    systole("run", model, f"--device={device}", "--output-dir", "out", *arguments)
    names = [re.sub("[/:]", "_", output["name"])[:200] for output in info["outputs"]]
    return [tensors.load(os.path.join("out", name + ".npy")) for name in names]


def behind_axis(path, name):
    """A copy of a file with an axis of 1 behind the first: one sample a run."""
    shape, values = tensors.load(path)
    tensors.save(name, [shape[0], 1, *shape[1:]], values, {"f": "<f4", "i": "<i4", "q": "<i8"}[values.typecode])
    return name


def wrong_floats(found, expected, tolerance):
    largest = max((abs(x) for x in expected if math.isfinite(x)), default=0)
    worst = max((abs(x - y) for x, y in zip(found, expected, strict=True) if x != y), default=0)
    if not worst <= tolerance * max(largest, 1e-3):
        return f"error {worst / max(largest, 1e-9):.2g} of the largest value"
    return None


def check(folder, row, device):
    model = os.path.join(folder, row["file"])
    files = [os.path.join(folder, name) for name in row["inputs"].split(";") if name]
    outputs = [os.path.join(folder, name) for name in row["outputs"].split(";")]
    declared = json.loads(systole("inspect", model, "--json"))["inputs"]
    shapes = [tensors.load(path)[0] for path in files]
    each = any((one["shape"] or [0])[0] == 1 and len(one["shape"]) == len(shape) and shape[0] != 1
               for one, shape in zip(declared, shapes, strict=True))
    if each:
        files = [behind_axis(path, f"in{i}.npy") for i, path in enumerate(files)]
    raw = [path for path in outputs if path.endswith("_raw.npy")]
    floats = [path for path in outputs if not path.endswith("_raw.npy")]
    for (_, found), path in zip(run(model, device, files, each), raw):
        expected = tensors.load(path)[1]
        differing = sum(x != y for x, y in zip(found, expected, strict=True))
        if differing:
            return f"{differing} of {len(expected)} integers differ"
    if raw:
        return None
    tolerance = 2e-2 if re.search("f16|int8|int16|dyn", row["format"]) else 2e-3
    for (_, found), path in zip(run(model, device, files, each, True), floats, strict=True):
        wrong = wrong_floats(found, tensors.load(path)[1], tolerance)
        if wrong:
            return wrong
    return None


def zoo(root, device, folders, *expected):
    with open(os.path.join(root, "MANIFEST.tsv"), encoding="utf-8", newline="") as manifest:
        rows = [row for row in csv.DictReader(manifest, delimiter="\t")
                if "tflite" in row["format"] and re.fullmatch(folders, row["folder"])]
    failed = set()
    for row in rows:
        try:
            wrong = check(os.path.join(root, row["folder"]), row, device)
        except RuntimeError as error:
            wrong = str(error)
        if wrong:
            failed.add(f"{row['folder']}/{row['file']}")
            print(f"{row['folder']}/{row['file']}: {wrong}")
    print(f"{len(rows) - len(failed)} of {len(rows)} models on {device}")
    return not rows or failed != set(expected)


def numbers(path):
    with open(path, encoding="utf-8") as file:
        return [int(word) for word in file.read().replace(",", " ").split()]


def golden(model, device):
    base = model.removesuffix(".tflite")
    declared = json.loads(systole("inspect", model, "--json"))["inputs"]
    files = []
    for i, one in enumerate(declared):
        values = numbers(glob.glob(f"{base}_input{i}_*.csv")[0])
        code = DTYPES.get(one["dtype"], "<i2")
        tensors.save(f"in{i}.npy", one["shape"], values, code)
        files.append(f"in{i}.npy")
    (_, found), = run(model, device, files)
    return list(found) == numbers(glob.glob(f"{base}_golden*.csv")[0])


def seanet(root, device, every="1"):
    models = sorted(glob.glob(os.path.join(root, "*", "*.tflite")))[:: int(every)]
    wrong = [model for model in models if not golden(model, device)]
    print("\n".join(wrong))
    print(f"{len(models) - len(wrong)} of {len(models)} operators on {device}")
    return not models or bool(wrong)


def right(model, device, samples, labels, shift, count):
    shape, values = tensors.load(samples)
    tensors.save("in.npy", [shape[0], 1, *shape[1:]], [x - int(shift) for x in values], "|i1")
    (shape, found), = run(model, device, ["in.npy"], each=True)
    classes = shape[-1]
    rows = [found[i * classes : (i + 1) * classes] for i in range(shape[0])]
    hits = sum(max(range(classes), key=row.__getitem__) == label
               for row, label in zip(rows, tensors.load(labels)[1], strict=True))
    print(f"{os.path.basename(model)}: {hits} of {len(rows)}, expected {count}")
    return hits != int(count)


def stream(model, steps):
    """False if the state works; see micro-wake-word.sh."""
    (one,) = json.loads(systole("inspect", model, "--json"))["inputs"]
    size = math.prod(one["shape"])
    # Once, and then again in the same stream.
    once = [(i * i * 37 + i * 11) % 251 - 125 for i in range(int(steps) * size)]
    tensors.save("in.npy", [2 * int(steps), *one["shape"]], once + once, "|i1")
    results = [list(run(model, device, ["in.npy"], each=True)[0][1])
               for device in ("interpreter", "interpreter", "cpu")]
    half = len(results[0]) // 2
    print(os.path.basename(model), results[0])
    return results[0] != results[1] or results[0] != results[2] or results[0][:half] == results[0][half:]


sys.exit({"right": right, "stream": stream, "zoo": zoo, "seanet": seanet}[sys.argv[1]](*sys.argv[2:]))
