// Names that make the same file name.
func.func @main(%x: tensor<1xf32> {graph.name = "x"})
    -> (tensor<1xf32> {graph.name = "a/b"}, tensor<1xf32> {graph.name = "a:b"},
        tensor<1xf32> {graph.name = "a_b"}) attributes {graph.entry} {
  %0 = graph.neg %x : (tensor<1xf32>) -> tensor<1xf32>
  %1 = graph.abs %x : (tensor<1xf32>) -> tensor<1xf32>
  %2 = graph.relu %x : (tensor<1xf32>) -> tensor<1xf32>
  return %0, %1, %2 : tensor<1xf32>, tensor<1xf32>, tensor<1xf32>
}
