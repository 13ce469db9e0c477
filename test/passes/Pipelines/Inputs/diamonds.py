"""Prints a program in which every value is read twice by the next operation: 2^60
paths lead from the result to the start, of floats with a dynamic shape and of
numbers computed from that shape."""

DEPTH = 60
lines = ["func.func @main(%f0: tensor<?x8xf32>) -> (tensor<?x8xf32>, tensor<2xi64>) {",
         "  %n0 = graph.shape_of %f0 : (tensor<?x8xf32>) -> tensor<2xi64>"]
for i in range(DEPTH):
    for name, kind, operation in (("f", "tensor<?x8xf32>", "mul"), ("n", "tensor<2xi64>", "add")):
        lines.append(f"  %{name}{i + 1} = graph.{operation} %{name}{i}, %{name}{i} : "
                     f"({kind}, {kind}) -> {kind}")
lines += [f"  return %f{DEPTH}, %n{DEPTH} : tensor<?x8xf32>, tensor<2xi64>", "}"]
print("\n".join(lines))
