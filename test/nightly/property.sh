#!/usr/bin/env bash
# Interpreter equals CPU on many random samples of every graph operation.
# REQUIRES: nightly-property
# RUN: bash %s
set -euo pipefail
systole-property --seed=1000 --count=400
