# Results whose size the data decide, on both devices: what is not zero, what is
# distinct, what is largest of as many as there are. Expected numbers are worked
# out by hand.
# RUN: bash %s %t
source "$(dirname "$0")/lib.sh" "$1"

protoc --encode=systole.onnx.ModelProto \
  --proto_path="$SYSTOLE_SOURCE/frontend/Onnx" onnx.proto >model.onnx <<'END'
ir_version: 8
opset_import { version: 17 }
graph {
  input { name: "x" type { tensor_type { elem_type: 1 shape { dim { dim_param: "n" } } } } }
  output { name: "sorted" type { tensor_type { elem_type: 1 } } }
  output { name: "distinct" type { tensor_type { elem_type: 1 } } }
  output { name: "first" type { tensor_type { elem_type: 7 } } }
  output { name: "inverse" type { tensor_type { elem_type: 7 } } }
  output { name: "counts" type { tensor_type { elem_type: 7 } } }
  output { name: "places" type { tensor_type { elem_type: 7 } } }
  initializer { name: "minus" dims: 1 data_type: 7 int64_data: -1 }
  initializer { name: "zero" data_type: 7 int64_data: 0 }
  initializer { name: "two" data_type: 7 int64_data: 2 }
  node { op_type: "NonZero" input: "x" output: "nonzero" }
  node { op_type: "Reshape" input: "nonzero" input: "minus" output: "kept" }
  node { op_type: "Gather" input: "x" input: "kept" output: "picked" }
  node { op_type: "Shape" input: "picked" output: "count" }
  node { op_type: "TopK" input: "picked" input: "count" output: "sorted" output: "order" }
  node { op_type: "Unique" input: "x" output: "distinct" output: "first"
         output: "inverse" output: "counts"
         attribute { name: "sorted" type: 2 i: 0 } }
  node { op_type: "Reshape" input: "count" input: "minus" output: "limits" }
  node { op_type: "ReduceSum" input: "limits" output: "limit"
         attribute { name: "keepdims" type: 2 i: 0 } }
  node { op_type: "Range" input: "zero" input: "limit" input: "two" output: "places" }
}
END

# expect NAME VALUE...: the numbers of an output, on both devices.
expect() {
  local name=$1
  shift
  for device in cpu interpreter; do
    "$SYSTOLE_PYTHON" - "$SYSTOLE_SOURCE/test/e2e" "$device/$name.npy" "$@" <<'END'
import sys

sys.path.insert(0, sys.argv[1])
import tensors

shape, values = tensors.load(sys.argv[2])
wanted = [float(text) for text in sys.argv[3:]]
assert shape == (len(wanted),), f"{sys.argv[2]} has shape {shape}"
assert list(values) == wanted, f"{sys.argv[2]} is {list(values)}, not {wanted}"
END
  done
}

# run VALUE...: the model on these numbers, on both devices.
run() {
  "$SYSTOLE_PYTHON" - "$SYSTOLE_SOURCE/test/e2e" "$@" <<'END'
import sys

sys.path.insert(0, sys.argv[1])
import tensors

values = [float(text) for text in sys.argv[2:]]
tensors.save("x.npy", [len(values)], values)
END
  for device in cpu interpreter; do
    systole run model.onnx --quiet --device="$device" --input x.npy --output-dir "$device"
  done
}

run 3 0 1 3 0 2
expect sorted 3 3 2 1
expect distinct 3 0 1 2
expect first 0 1 2 5
expect inverse 0 1 2 0 1 3
expect counts 2 2 1 1
expect places 0 2

# Nothing is left of zeros alone.
run 0 0
expect sorted
expect distinct 0
expect counts 2
expect places

# More than all of them cannot be picked: an error with the node's name.
sed 's/op_type: "Shape" input: "picked"/op_type: "Shape" input: "x"/' "$0" |
  sed -n '/^ir_version/,/^END/{/^END/!p}' |
  protoc --encode=systole.onnx.ModelProto \
    --proto_path="$SYSTOLE_SOURCE/frontend/Onnx" onnx.proto >greedy.onnx
for device in cpu interpreter; do
  refused 1 "op TopK.*k is 2 for a dimension of size 0" \
    systole run greedy.onnx --device="$device" --input x.npy
done
