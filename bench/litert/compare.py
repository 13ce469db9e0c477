"""Integer TFLite files: Systole beside LiteRT's reference kernels, bit for bit.

compare.py SYSTOLE SHARED [--devices=interpreter,cpu] [--samples=N] [--filter=TEXT]
           [--folder=DIR]

Every .tflite file below SHARED/corpus and SHARED/zoo (or DIR: random models, as
systole-tflite-suite --write makes them) that computes on quantised integers runs
on equal inputs: N made-up samples (any bytes; floats in [-1, 1])
and, where inputs.py knows some, real ones. State in resource variables lasts
over the samples; `is_variable` tensors start anew with each. Prints a row for
each file: how many integers of the outputs differ, and by how much at most; floats
within 1e-5 are equal, and those of random models are left out (they stand behind
integer weights, which become floats once here and integers there).
Status 1 if some do that inputs.py does not list with a reason.
"""

import argparse
import json
import pathlib
import re
import subprocess
import sys
import tempfile

import numpy as np
from ai_edge_litert import interpreter as litert

import inputs

QUANTISED = (np.int8, np.uint8, np.int16)


def reference(path):
    made = litert.Interpreter(
        model_path=str(path), experimental_op_resolver_type=litert.OpResolverType.BUILTIN_REF,
        num_threads=1)
    made.allocate_tensors()
    return made


def is_integer(made):
    """True if some operator gives quantised integers."""
    results = {int(i) for op in made._get_ops_details() for i in op["outputs"]}
    return any(tensor["dtype"] in QUANTISED and tensor["quantization_parameters"]["scales"].size
               for tensor in made.get_tensor_details() if tensor["index"] in results)


def made_up(details, count, seed):
    random = np.random.default_rng(seed)
    samples = []
    for one in details:
        shape, kind = (count, *one["shape"]), one["dtype"]
        if np.issubdtype(kind, np.floating):
            samples.append(random.uniform(-1, 1, shape).astype(kind))
        elif kind == np.bool_:
            samples.append(random.integers(0, 2, shape).astype(kind))
        elif kind in QUANTISED:
            limits = np.iinfo(kind)
            samples.append(random.integers(limits.min, limits.max + 1, shape).astype(kind))
        else:
            samples.append(random.integers(0, 2, shape).astype(kind))
    return samples


def run_reference(made, samples):
    """The outputs, stacked; one list of arrays in the file's order."""
    ins, outs = made.get_input_details(), made.get_output_details()
    stacked = [[] for _ in outs]
    for i in range(len(samples[0])):
        made.reset_all_variables()
        for one, values in zip(ins, samples):
            made.set_tensor(one["index"], values[i])
        made.invoke()
        for place, one in zip(stacked, outs):
            place.append(made.get_tensor(one["index"]).copy())
    return [np.stack(values) for values in stacked]


def run_systole(systole, path, device, samples, folder):
    arguments = []
    for i, values in enumerate(samples):
        np.save(folder / f"in{i}.npy", values)
        arguments += ["--input", f"{i}={folder / f'in{i}.npy'}"]
    done = subprocess.run([systole, "run", path, f"--device={device}", "--each", "--quiet",
                           "--output-dir", folder / device, *arguments], capture_output=True,
                          text=True)
    if done.returncode:
        raise RuntimeError((done.stderr.strip().splitlines() or ["no message"])[0])
    info = json.loads(subprocess.run([systole, "inspect", path, "--json"], check=True,
                                     capture_output=True, text=True).stdout)
    names = [re.sub("[/:]", "_", one["name"])[:200] for one in info["outputs"]]
    return [np.load(folder / device / (name + ".npy")) for name in names]


def difference(expected, found):
    """(integers that differ, their number, the largest difference); floats are
    equal within 1e-5 of the largest, the last bits of exp being no one's."""
    different = count = worst = 0
    for a, b in zip(expected, found, strict=True):
        b = b.reshape(a.shape)
        if np.issubdtype(a.dtype, np.floating):
            wrong = np.abs(a - b) > 1e-5 * max(float(np.abs(a).max()), 1e-3)
            worst = max(worst, float(np.abs(a - b).max()) if wrong.any() else 0)
        else:
            wrong = a != b
            distance = np.abs(a.astype(np.int64) - b.astype(np.int64))
            worst = max(worst, int(distance.max()) if distance.size else 0)
        different += int(wrong.sum())
        count += a.size
    return different, count, worst


def check(options, path):
    """Prints the rows of one file; the number of runs that differ or fail."""
    name = str(path.relative_to(options.folder or options.shared))
    try:
        made = reference(path)
    except (ValueError, RuntimeError) as error:
        reason = str(error).strip().splitlines()[0][:90]
        print(f"{name}: the reference does not take it: {reason}")
        return 0
    if not is_integer(made):
        return 0
    sets = {"made up": made_up(made.get_input_details(), options.samples, 7)}
    real = None if options.folder else inputs.real(options.shared, path,
                                                   made.get_input_details())
    if real:
        sets["real"] = real
    wrong = 0
    for kind, samples in sets.items():
        # State must not go from one set to the next.
        made = reference(path)
        try:
            expected = run_reference(made, samples)
        except (ValueError, RuntimeError) as error:
            print(f"{name}: the reference does not run it: {str(error).splitlines()[0][:90]}")
            return 0
        for device in options.devices.split(","):
            with tempfile.TemporaryDirectory() as folder:
                try:
                    found = run_systole(options.systole, path, device, samples,
                                        pathlib.Path(folder))
                except RuntimeError as error:
                    print(f"{name}: {device}: {error}", flush=True)
                    wrong += 1
                    continue
            if options.folder:
                pairs = [(a, b) for a, b in zip(expected, found, strict=True)
                         if not np.issubdtype(a.dtype, np.floating)]
                expected, found = zip(*pairs) if pairs else ((), ())
            different, count, worst = difference(expected, found)
            excuse = inputs.EXCUSES.get(name, "")
            wrong += bool(different and not excuse)
            print(f"{name}: {kind}, {len(samples[0])} samples, {device}: {different} of {count} "
                  f"differ" + (f", by {worst:g} at most" if different else "")
                  + (f" ({excuse})" if different and excuse else ""), flush=True)
    return wrong


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("systole", type=pathlib.Path)
    parser.add_argument("shared", type=pathlib.Path)
    parser.add_argument("--devices", default="interpreter,cpu")
    parser.add_argument("--samples", type=int, default=4)
    parser.add_argument("--filter", default="")
    parser.add_argument("--folder", type=pathlib.Path)
    options = parser.parse_args()
    roots = [options.folder] if options.folder else [options.shared / "corpus",
                                                     options.shared / "zoo"]
    files = sorted(path for root in roots for path in root.rglob("*.tflite")
                   if options.filter in str(path))
    wrong = sum(check(options, path) for path in files)
    print(f"{len(files)} files, {wrong} runs differ without a known reason")
    sys.exit(wrong > 0)


if __name__ == "__main__":
    main()
