// A branch with a hyperbolic tangent in it, between operations that have nothing
// to do with that.
func.func @main(%x: tensor<6x4xf32> {graph.name = "x"}, %c: tensor<i1> {graph.name = "c"})
    -> (tensor<6x4xf32> {graph.name = "y"}, tensor<6x4xf32> {graph.name = "z"})
    attributes {graph.entry} {
  %half = graph.constant dense<0.5> : tensor<6x4xf32>
  %0 = graph.mul %x, %half : (tensor<6x4xf32>, tensor<6x4xf32>) -> tensor<6x4xf32> loc("halve"("Mul"))
  %1 = graph.neg %0 : (tensor<6x4xf32>) -> tensor<6x4xf32> loc("minus"("Neg"))
  %2 = graph.if %c : tensor<i1> -> (tensor<6x4xf32>) {
    %3 = graph.add %1, %half : (tensor<6x4xf32>, tensor<6x4xf32>) -> tensor<6x4xf32> loc("plus"("Add"))
    %4 = graph.tanh %3 : (tensor<6x4xf32>) -> tensor<6x4xf32> loc("wrong"("Tanh"))
    graph.yield %4 : tensor<6x4xf32>
  } else {
    graph.yield %0 : tensor<6x4xf32>
  } loc("choice"("If"))
  %5 = graph.relu %2 : (tensor<6x4xf32>) -> tensor<6x4xf32> loc("ramp"("Relu"))
  %6 = graph.abs %1 : (tensor<6x4xf32>) -> tensor<6x4xf32> loc("size"("Abs"))
  return %5, %6 : tensor<6x4xf32>, tensor<6x4xf32>
}
