# Inputs that are parameters, as the axes of a reduction: `run` takes their values
# from the files, on both devices, and another value is another module. Without a
# file, and where entries of a data set differ, the model is refused with the
# reason.
# RUN: bash %s %t
source "$(dirname "$0")/lib.sh" "$1"

protoc --encode=systole.onnx.ModelProto \
  --proto_path="$SYSTOLE_SOURCE/frontend/Onnx" onnx.proto >model.onnx <<'END'
ir_version: 8
opset_import { version: 17 }
graph {
  input { name: "x" type { tensor_type { elem_type: 1
    shape { dim { dim_value: 2 } dim { dim_value: 3 } } } } }
  input { name: "axes" type { tensor_type { elem_type: 7
    shape { dim { dim_value: 1 } } } } }
  output { name: "y" type { tensor_type { elem_type: 1 } } }
  node { op_type: "ReduceSum" input: "x" input: "axes" output: "y"
         attribute { name: "keepdims" type: 2 i: 0 } }
}
END
"$SYSTOLE_PYTHON" - "$SYSTOLE_SOURCE/test/e2e" <<'END'
import sys

sys.path.insert(0, sys.argv[1])
import tensors

tensors.save("x.npy", [2, 3], [1, 2, 3, 4, 5, 6])
tensors.save("rows.npy", [1], [0], "<i8")
tensors.save("columns.npy", [1], [-1], "<i8")
tensors.save("both.npy", [2, 1], [0, 1], "<i8")
tensors.save("sum-rows.npy", [3], [5, 7, 9])
tensors.save("sum-columns.npy", [2], [6, 15])
END

for device in interpreter cpu cpu; do
  for axes in rows columns; do
    systole run model.onnx --device=$device --input x=x.npy --input axes=$axes.npy \
      --compare y=sum-$axes.npy --rtol 0 --atol 0
  done
done
refused 1 "'axes' is not known until the model runs" \
  systole compile model.onnx -o model
refused 1 "'axes' is not known until the model runs" \
  systole run model.onnx --each --input x=x.npy --input axes=both.npy
