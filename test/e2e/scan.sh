# A Scan from the last slice to the first, its output in reverse and along another
# axis, on both devices. Expected numbers are worked out by hand: the sums are
# 5 6, then 8 10, then 9 12.
# RUN: bash %s %t
source "$(dirname "$0")/lib.sh" "$1"

protoc --encode=systole.onnx.ModelProto \
  --proto_path="$SYSTOLE_SOURCE/frontend/Onnx" onnx.proto >model.onnx <<'END'
ir_version: 8
opset_import { version: 17 }
graph {
  input { name: "x" type { tensor_type { elem_type: 1
    shape { dim { dim_param: "steps" } dim { dim_value: 2 } } } } }
  output { name: "last" type { tensor_type { elem_type: 1 } } }
  output { name: "sums" type { tensor_type { elem_type: 1 } } }
  initializer { name: "zeros" dims: 2 data_type: 1 float_data: [0, 0] }
  node { name: "scan" op_type: "Scan" input: "zeros" input: "x" output: "last" output: "sums"
    attribute { name: "num_scan_inputs" type: 2 i: 1 }
    attribute { name: "scan_input_directions" type: 7 ints: 1 }
    attribute { name: "scan_output_directions" type: 7 ints: 1 }
    attribute { name: "scan_output_axes" type: 7 ints: -1 }
    attribute { name: "body" type: 5 g {
      input { name: "sum" } input { name: "slice" }
      node { op_type: "Add" input: "sum" input: "slice" output: "next" }
      node { op_type: "Identity" input: "next" output: "kept" }
      output { name: "next" } output { name: "kept" } } } }
}
END
"$SYSTOLE_PYTHON" - "$SYSTOLE_SOURCE/test/e2e" <<'END'
import sys

sys.path.insert(0, sys.argv[1])
import tensors

tensors.save("x.npy", [3, 2], [1, 2, 3, 4, 5, 6])
tensors.save("last.npy", [2], [9, 12])
tensors.save("sums.npy", [2, 3], [9, 8, 5, 12, 10, 6])
END
for device in cpu interpreter; do
  systole run model.onnx --quiet --device="$device" --input x.npy \
    --compare last=last.npy --compare sums=sums.npy
done
