# Post-training quantisation: digits are recognised as with floats, the same
# bits on all devices, and messages where calibration data do not fit.
# REQUIRES: shared
# RUN: bash %s %t
source "$(dirname "$0")/lib.sh" "$1"
IFS=, read -ra chosen <<<"${SYSTOLE_QUANTIZED:-mnist}"
"$SYSTOLE_PYTHON" "$SYSTOLE_SOURCE/test/e2e/quantize.py" "${chosen[@]}"
