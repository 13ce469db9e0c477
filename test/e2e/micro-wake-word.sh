# Streaming detectors, whose state is in resource variables: the cpu gives what the
# interpreter gives, bit for bit; the same sound twice in one stream gives other
# results the second time, and in two runs the same.
# REQUIRES: shared
# RUN: bash %s %t
source "$(dirname "$0")/lib.sh" "$1"

files="$SYSTOLE_SOURCE/test/e2e/tflite_files.py"
for name in okay_nabu vad; do
  "$SYSTOLE_PYTHON" "$files" stream "$corpus/micro-wake-word/$name.tflite" 24
done
