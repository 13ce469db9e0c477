// Exact, then rounded, then exact on what was rounded.
func.func @main(%x: tensor<200xf32> {graph.name = "x"}) -> (tensor<200xf32> {graph.name = "y"})
    attributes {graph.entry} {
  %0 = graph.neg %x : (tensor<200xf32>) -> tensor<200xf32> loc("minus"("Neg"))
  %1 = graph.tanh %0 : (tensor<200xf32>) -> tensor<200xf32> loc("bend"("Tanh"))
  %2 = graph.abs %1 : (tensor<200xf32>) -> tensor<200xf32> loc("size"("Abs"))
  %3 = graph.relu %2 : (tensor<200xf32>) -> tensor<200xf32> loc("ramp"("Relu"))
  return %3 : tensor<200xf32>
}
