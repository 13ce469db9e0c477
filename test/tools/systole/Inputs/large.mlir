// A result of four gigabytes.
func.func @main(%x: tensor<1xf32> {graph.name = "x"})
    -> (tensor<1000000000xf32> {graph.name = "y"}) attributes {graph.entry} {
  %s = graph.constant dense<1000000000> : tensor<1xi64>
  %0 = graph.broadcast %x, %s : (tensor<1xf32>, tensor<1xi64>) -> tensor<1000000000xf32> loc("wide"("Expand"))
  return %0 : tensor<1000000000xf32>
}
