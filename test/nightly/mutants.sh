#!/usr/bin/env bash
# The quick tests find every planted mistake.
# REQUIRES: nightly-mutants, mounts
# RUN: bash %s
set -euo pipefail
exec "$SYSTOLE_SOURCE/test/mutants/run.sh"
