# The denoiser over the whole file.
# REQUIRES: nightly-models, shared
# RUN: env SYSTOLE_DTLN_FRAMES=100000 bash %S/../e2e/dtln.sh %t
