# lint-rtl.sh HW-SIM: lints HW-SIM/rtl for the parameters.sv in this folder.
rtl=$1/rtl
exec verilator --lint-only -Wall --assert "$1/lint/waivers.vlt" \
  parameters.sv "$SYSTOLE_BUILD/hw-sim/isa/systole_pkg.sv" \
  "$rtl/machine_pkg.sv" "$rtl/mxu_pkg.sv" "$rtl/picture_pkg.sv" \
  "$rtl/float_pkg.sv" "$rtl/vector_pkg.sv" "$rtl/extent_pkg.sv" "$rtl/depthwise_pkg.sv" \
  "$rtl/mxu.sv" --top-module mxu -y "$rtl"
