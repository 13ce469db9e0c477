# The denoiser over the whole file; all TFLite models on the cpu.
# REQUIRES: nightly-models, shared
# RUN: env SYSTOLE_DTLN_FRAMES=100000 bash %S/../e2e/dtln.sh %t
# RUN: env SYSTOLE_DTLN_FRAMES=100000 bash %S/../e2e/dtln-tflite.sh %t-formats
# RUN: env SYSTOLE_TFLITE_ALL=1 bash %S/../e2e/zoo-tflite.sh %t-tflite
