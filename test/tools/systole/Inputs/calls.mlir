// Functions that call functions: the tangent is two calls deep.
func.func private @inner(%x: tensor<3x4xf32>) -> tensor<3x4xf32> {
  %0 = graph.tanh %x : (tensor<3x4xf32>) -> tensor<3x4xf32> loc("deep"("Tanh"))
  %1 = graph.neg %0 : (tensor<3x4xf32>) -> tensor<3x4xf32> loc("minus"("Neg"))
  return %1 : tensor<3x4xf32>
}
func.func private @outer(%x: tensor<3x4xf32>, %n: tensor<i64>) -> tensor<3x4xf32> {
  %zero = graph.constant dense<0> : tensor<i64>
  %one = graph.constant dense<1> : tensor<i64>
  %0:2 = graph.while (%i = %zero, %v = %x) : (tensor<i64>, tensor<3x4xf32>) -> (tensor<i64>, tensor<3x4xf32>) {
    %more = graph.compare lt, %i, %n : (tensor<i64>, tensor<i64>) -> tensor<i1>
    graph.yield %more : tensor<i1>
  } do (%j, %w) {
    %next = graph.add %j, %one : (tensor<i64>, tensor<i64>) -> tensor<i64>
    %inside = func.call @inner(%w) : (tensor<3x4xf32>) -> tensor<3x4xf32>
    graph.yield %next, %inside : tensor<i64>, tensor<3x4xf32>
  } loc("loop"("Loop"))
  return %0#1 : tensor<3x4xf32>
}
func.func @main(%x: tensor<3x4xf32> {graph.name = "x"}, %n: tensor<i64> {graph.name = "n"})
    -> (tensor<3x4xf32> {graph.name = "y"}) attributes {graph.entry} {
  %0 = graph.relu %x : (tensor<3x4xf32>) -> tensor<3x4xf32> loc("ramp"("Relu"))
  %1 = func.call @outer(%0, %n) : (tensor<3x4xf32>, tensor<i64>) -> tensor<3x4xf32>
  return %1 : tensor<3x4xf32>
}
