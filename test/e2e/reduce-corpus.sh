#!/usr/bin/env bash
# A planted failure in a model of some hundred nodes is reduced to the operations
# that fail, of a few bytes.
# REQUIRES: shared
# RUN: bash %s %t
source "$(dirname "$0")/lib.sh" "$1"

# reduced MODEL PATTERN [OPTION...]: the reduced graph is in small.mlir.
reduced() {
  local model=$1 pattern=$2
  shift 2
  systole reduce "$SYSTOLE_SHARED/corpus/$model" "$@" -o small.mlir -- \
    bash -c "if grep -Eq '$pattern' {}; then exit 3; fi" | tee report.txt
  local left
  left=$(sed -E 's/.* operations, ([0-9]+) of them fail.*/\1/' report.txt)
  at_most "$left" 3 "operations left of $model"
  at_most "$(stat -c %s small.mlir)" 4000 "bytes left of $model"
  systole compile small.mlir -o small --quiet
}

reduced ultraface/version-RFB-320.onnx 'graph.softmax'
# One particular convolution, by its node's name.
reduced ultraface/version-RFB-320.onnx '"Conv_58"'
# A model with branches in it.
reduced silero-vad/silero_vad_16k_op15.onnx 'graph.sqrt' --shape input=1x512
