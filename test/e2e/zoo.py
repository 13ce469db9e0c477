"""zoo.py ZOO FORMAT DEVICE: runs the models of a zoo's MANIFEST.tsv whose format
matches the expression FORMAT, and compares with the outputs that the frameworks
wrote: the largest error is at most 2e-3 of the largest expected value."""

import csv
import json
import math
import os
import re
import subprocess
import sys

import tensors

TOLERANCE = 2e-3


def systole(*arguments):
    done = subprocess.run(["systole", *arguments], capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(done.stderr.strip() or f"exit status {done.returncode}")
    return done.stdout


def difference(found, expected):
    """The largest error, as a part of the largest expected value."""
    largest = max((abs(x) for x in expected if math.isfinite(x)), default=0)
    errors = (abs(x - y) for x, y in zip(found, expected)
              if not (x == y or (math.isnan(x) and math.isnan(y))))
    worst = max(errors, default=0)
    return math.inf if math.isnan(worst) else worst / max(largest, 1e-3)


def check(folder, row, device):
    """Runs one model; returns what is wrong, or nothing."""
    model = os.path.join(folder, row["file"])
    inputs = [os.path.join(folder, name) for name in row["inputs"].split(";")]
    expected = [os.path.join(folder, name) for name in row["outputs"].split(";")]
    names = [output["name"] for output in json.loads(systole("inspect", model, "--json"))["outputs"]]
    arguments = [word for i, path in enumerate(inputs) for word in ("--input", f"{i}={path}")]
    systole("run", model, f"--device={device}", "--output-dir", "out", *arguments)
    for name, path in zip(names, expected, strict=True):
        shape, values = tensors.load(os.path.join("out", re.sub("[/:]", "_", name) + ".npy"))
        wanted_shape, wanted = tensors.load(path)
        if shape != wanted_shape:
            return f"output '{name}' has shape {shape}, expected {wanted_shape}"
        error = difference(values, wanted)
        if error > TOLERANCE:
            return f"output '{name}' is off by {error:.2g} of the largest value"
    return None


zoo, kind, device = sys.argv[1:]
with open(os.path.join(zoo, "MANIFEST.tsv"), encoding="utf-8", newline="") as manifest:
    rows = [row for row in csv.DictReader(manifest, delimiter="\t") if re.fullmatch(kind, row["format"])]
failed = 0
for row in rows:
    try:
        wrong = check(os.path.join(zoo, row["folder"]), row, device)
    except RuntimeError as error:
        wrong = str(error)
    if wrong:
        failed += 1
        print(f"{row['folder']}/{row['file']}: {wrong}")
print(f"{len(rows) - failed} of {len(rows)} models on {device}")
sys.exit(not rows or failed > 0)
