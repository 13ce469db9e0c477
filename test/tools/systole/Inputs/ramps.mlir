// A ramp among other functions; its operand is negative where x is positive.
func.func @main(%x: tensor<8xf32> {graph.name = "x"}) -> (tensor<8xf32> {graph.name = "y"})
    attributes {graph.entry} {
  %0 = graph.sin %x : (tensor<8xf32>) -> tensor<8xf32> loc("wave"("Sin"))
  %1 = graph.neg %x : (tensor<8xf32>) -> tensor<8xf32> loc("minus"("Neg"))
  %2 = graph.relu %1 : (tensor<8xf32>) -> tensor<8xf32> loc("ramp"("Relu"))
  %3 = graph.add %2, %0 : (tensor<8xf32>, tensor<8xf32>) -> tensor<8xf32> loc("both"("Add"))
  %4 = graph.exp %3 : (tensor<8xf32>) -> tensor<8xf32> loc("rise"("Exp"))
  return %4 : tensor<8xf32>
}
