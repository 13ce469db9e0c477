"""Makes and shows .npy files: npy.py FILE SHAPE VALUE..., or npy.py FILE.

SHAPE is like 2x3; values are float32.
"""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../../../e2e"))
import tensors  # noqa: E402

if len(sys.argv) > 2:
    shape = [int(d) for d in sys.argv[2].split("x")] if sys.argv[2] != "scalar" else []
    tensors.save(sys.argv[1], shape, [float(v) for v in sys.argv[3:]])
else:
    shape, values = tensors.load(sys.argv[1])
    print("x".join(map(str, shape)), " ".join(f"{v:g}" for v in values))
