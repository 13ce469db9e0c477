// y = x + s and s' = s + x: an accumulator, for --each and --carry.
func.func @main(%x: tensor<2xf32> {graph.name = "x"}, %s: tensor<2xf32> {graph.name = "s"})
    -> (tensor<2xf32> {graph.name = "sum"}, tensor<2xf32> {graph.name = "a/b:c"})
    attributes {graph.entry} {
  %0 = graph.add %x, %s : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32> loc("total"("Add"))
  %1 = graph.neg %x : (tensor<2xf32>) -> tensor<2xf32> loc("minus"("Neg"))
  return %0, %1 : tensor<2xf32>, tensor<2xf32>
}
