"""int8 networks on one thread: Systole beside ONNX Runtime and OpenVINO.

benchmark.py SYSTOLE FOLDER [--check] [--rounds N]

FOLDER is what make_models.py wrote. All take turns; the figure of each is the
median over all rounds. ONNX Runtime gets the faster of the two forms of the
file. Prints latencies, the ratio to the best peer, and how far Systole's logits
are from ONNX Runtime's, in units of the largest. --check: status 1 if a limit
is exceeded.
"""

import argparse
import json
import pathlib
import statistics
import subprocess
import sys
import time

import numpy as np
import onnxruntime
import openvino

NETWORKS = ("resnet50", "mobilenet2")
RUNS_EACH_ROUND = 10
# The promises that --check holds us to.
# ONNX Runtime rounds some sums of QLinearAdd the other way, by one step; in a
# random network the layers behind make more of it.
RATIO_LIMIT, DIFFERENCE_LIMIT = 2.0, 0.25


def median_ms(run):
    times = []
    for _ in range(RUNS_EACH_ROUND + 2):
        start = time.perf_counter()
        run()
        times.append((time.perf_counter() - start) * 1e3)
    return statistics.median(times[2:])


def onnxruntime_runner(path, image):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    return lambda: session.run(None, {"image": image})


def openvino_runner(path, image):
    core = openvino.Core()
    compiled = core.compile_model(str(path), "CPU", {"INFERENCE_NUM_THREADS": 1,
                                                     "PERFORMANCE_HINT": "LATENCY"})
    request = compiled.create_infer_request()
    return lambda: request.infer([image])


class Systole:
    def __init__(self, systole, folder, name):
        self.systole, self.folder, self.name = systole, folder, name
        self.module = folder / f"{name}.module"
        subprocess.run([systole, "compile", folder / f"{name}.qoperator.onnx", "--emit=module",
                        "--threads=1", "-o", self.module], check=True)

    def difference(self):
        out = self.folder / "out" / self.name
        subprocess.run([self.systole, "run", self.module, "--each", "--threads=1", "--quiet",
                        "--input", self.folder / f"{self.name}.npy", "--output-dir", out],
                       check=True)
        expected = np.load(self.folder / f"{self.name}.logits.npy")
        found = np.load(out / "logits.npy").reshape(expected.shape)
        return float(np.abs(found - expected).max() / np.abs(expected).max())

    def latency(self, image):
        done = subprocess.run([self.systole, "run", self.module, "--threads=1", "--json",
                               f"--repeat={RUNS_EACH_ROUND}", "--warmup=2", "--input", image,
                               "--output-dir", self.folder / "timed"],
                              check=True, stdout=subprocess.PIPE)
        return json.loads(done.stdout)["latency_ms"]["median"]


def measure(systole, folder, name, rounds):
    """Prints one network's figures; returns ratio and difference."""
    image = np.load(folder / f"{name}.npy")[0]
    image_file = folder / f"{name}.image.npy"
    np.save(image_file, image)
    ours = Systole(systole, folder, name)
    peers = {
        f"ONNX Runtime {onnxruntime.__version__}, QOperator":
            onnxruntime_runner(folder / f"{name}.qoperator.onnx", image),
        f"ONNX Runtime {onnxruntime.__version__}, QDQ":
            onnxruntime_runner(folder / f"{name}.qdq.onnx", image),
        f"OpenVINO {openvino.__version__.split('-')[0]}, QDQ":
            openvino_runner(folder / f"{name}.qdq.onnx", image),
    }
    times = {peer: [] for peer in peers}
    own = []
    for _ in range(rounds):
        for peer, run in peers.items():
            times[peer].append(median_ms(run))
        own.append(ours.latency(image_file))
    medians = {peer: statistics.median(values) for peer, values in times.items()}
    mine, best = statistics.median(own), min(medians.values())
    print(name)
    for peer, value in medians.items():
        print(f"  {peer}: {value:.2f} ms")
    difference = ours.difference()
    print(f"  Systole: {mine:.2f} ms; ratio to the best {mine / best:.2f} "
          f"(limit {RATIO_LIMIT:g}); logits differ by {difference:.3f} of the largest")
    return mine / best, difference


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("systole", type=pathlib.Path)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    found = [measure(options.systole, options.folder, name, options.rounds)
             for name in NETWORKS]
    if options.check and any(ratio > RATIO_LIMIT or difference > DIFFERENCE_LIMIT
                             for ratio, difference in found):
        sys.exit(1)


if __name__ == "__main__":
    main()
