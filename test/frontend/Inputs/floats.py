"""floats.py FILE NUMBER...: a float32 .npy file of the numbers."""

import os
import sys

sys.path.insert(0, os.path.join(os.environ["SYSTOLE_SOURCE"], "test", "e2e"))
import tensors  # noqa: E402

numbers = [float(x) for x in sys.argv[2:]]
tensors.save(sys.argv[1], [len(numbers)], numbers)
