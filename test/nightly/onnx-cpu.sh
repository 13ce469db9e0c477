#!/usr/bin/env bash
# ONNX's own operator tests, compiled for the CPU.
# REQUIRES: nightly-models
# RUN: bash %S/../frontend/Onnx/operator-suite.sh %t --device=cpu
