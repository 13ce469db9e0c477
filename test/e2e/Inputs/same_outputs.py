"""same_outputs.py MODEL INPUT...: runs MODEL, and MODEL with its nodes reordered and
everything renamed (systole-onnx-shuffle), on equal inputs, and compares the outputs
by position. INPUT is x=SHAPE, random numbers, or rate=N, an int64 scalar."""

import json
import math
import os
import random
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import tensors


def outputs(model, inputs, device):
    """The output files' contents in the model's own order."""
    folder = f"out-{device}"
    subprocess.run(["rm", "-rf", folder], check=True)
    feeds = [word for i, path in enumerate(inputs) for word in ("--input", f"{i}={path}")]
    if len(inputs) == 1:
        feeds = ["--input", inputs[0]]
    subprocess.run(["systole", "run", model, "--quiet", "--device", device, *feeds,
                    "--output-dir", folder], check=True)
    text = subprocess.run(["systole", "inspect", "--json", model], check=True,
                          capture_output=True, text=True).stdout
    names = [output["name"] for output in json.loads(text)["outputs"]]
    files = [name.replace("/", "_").replace(":", "_") + ".npy" for name in names]
    return [tensors.load(os.path.join(folder, name)) for name in files]


model = sys.argv[1]
random.seed(model[-12:])
inputs = []
for number, spec in enumerate(sys.argv[2:]):
    kind, text = spec.split("=")
    inputs.append(f"input-{number}.npy")
    if kind == "rate":
        tensors.save(inputs[-1], [], [int(text)], "<i8")
        continue
    shape = [int(dim) for dim in text.split("x")]
    tensors.save(inputs[-1], shape, [random.uniform(-1, 1) for _ in range(math.prod(shape))])

expected = {device: outputs(model, inputs, device) for device in ("interpreter", "cpu")}
for seed in ("1", "2"):
    subprocess.run(["systole-onnx-shuffle", model, "shuffled.onnx", seed], check=True)
    for device, wanted in expected.items():
        found = outputs("shuffled.onnx", inputs, device)
        assert len(found) == len(wanted), f"{model}: {len(found)} outputs"
        for (shape, values), (wanted_shape, wanted_values) in zip(found, wanted):
            assert shape == wanted_shape, f"{model}: shape {shape}"
            worst = max((abs(a - b) for a, b in zip(values, wanted_values)), default=0)
            largest = max(map(abs, wanted_values), default=0)
            allowed = 0 if device == "interpreter" else 1e-5 * max(1, largest)
            assert worst <= allowed, f"{model}, seed {seed}, {device}: {worst} off"
    print(f"{os.path.basename(model)}: seed {seed} agrees")
