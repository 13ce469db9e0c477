"""ResNet-50 on one thread: Systole beside ONNX Runtime, in one run.

benchmark.py SYSTOLE FOLDER [--check] [--rounds N]

FOLDER is what make_model.py wrote. The two take turns, so that a machine that
slows down slows both; the figure of each is the median over all rounds. Prints
latencies and their ratio, Systole's compile time and peak memory, and the
largest difference of logits. --check: status 1 if a limit below is exceeded.
"""

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import time

import numpy as np
import onnxruntime

# The promises that --check holds us to.
LIMITS = {
    "logit difference / largest": 1e-4,
    "compile seconds": 20.0,
    "compile peak GB": 1.5,
    "latency / ONNX Runtime's": 3.0,
}
RUNS_EACH_ROUND = 10


def compile_model(systole, folder):
    """Returns the seconds and the peak gigabytes of one compilation."""
    start = time.monotonic()
    child = subprocess.Popen([systole, "compile", folder / "resnet50.onnx", "--emit=module",
                              "--threads=1", "--no-cache", "-o", folder / "resnet50.module"])
    _, status, usage = os.wait4(child.pid, 0)
    if status:
        sys.exit("systole compile failed")
    return time.monotonic() - start, usage.ru_maxrss * 1024 / 1e9


def difference(systole, folder):
    """Returns max |logit - ONNX Runtime's| / max |logit| over the inputs."""
    out = folder / "out"
    subprocess.run([systole, "run", folder / "resnet50.module", "--each", "--threads=1",
                    "--input", folder / "inputs.npy", "--output-dir", out, "--quiet"], check=True)
    expected = np.load(folder / "logits.npy")
    found = np.load(out / "logits.npy").reshape(expected.shape)
    return float(np.abs(found - expected).max() / np.abs(expected).max())


def systole_latencies(systole, folder, image):
    done = subprocess.run([systole, "run", folder / "resnet50.module", "--threads=1", "--json",
                           f"--repeat={RUNS_EACH_ROUND}", "--warmup=2", "--input", image,
                           "--output-dir", folder / "timed"],
                          check=True, stdout=subprocess.PIPE)
    return json.loads(done.stdout)["latency_ms"]["median"]


def peer_latencies(session, image):
    times = []
    for _ in range(RUNS_EACH_ROUND + 2):
        start = time.perf_counter()
        session.run(None, {"image": image})
        times.append((time.perf_counter() - start) * 1e3)
    return statistics.median(times[2:])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("systole", type=pathlib.Path)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    systole, folder = options.systole, options.folder

    image = np.load(folder / "inputs.npy")[0]
    np.save(folder / "image.npy", image)
    threads = onnxruntime.SessionOptions()
    threads.intra_op_num_threads = threads.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(str(folder / "resnet50.onnx"), threads,
                                           providers=["CPUExecutionProvider"])
    seconds, gigabytes = compile_model(systole, folder)
    worst = difference(systole, folder)
    ours, theirs = [], []
    for _ in range(options.rounds):
        theirs.append(peer_latencies(session, image))
        ours.append(systole_latencies(systole, folder, folder / "image.npy"))
    ours, theirs = statistics.median(ours), statistics.median(theirs)
    print(f"ONNX Runtime {onnxruntime.__version__}: {theirs:.1f} ms")
    print(f"Systole: {ours:.1f} ms")
    found = dict(zip(LIMITS, (worst, seconds, gigabytes, ours / theirs)))
    for what, value in found.items():
        mark = "" if value <= LIMITS[what] else "   <- too much"
        print(f"{what}: {value:.3g} (limit {LIMITS[what]:g}){mark}")
    if options.check and any(value > LIMITS[what] for what, value in found.items()):
        sys.exit(1)


if __name__ == "__main__":
    main()
