// The size of y is what the values of `shape` say.
func.func @main(%x: tensor<?xf32> {graph.name = "x"}, %shape: tensor<2xi64> {graph.name = "shape"})
    -> (tensor<?x?xf32> {graph.name = "y"}) attributes {graph.entry} {
  %square = graph.reshape %x, %shape : (tensor<?xf32>, tensor<2xi64>) -> tensor<?x?xf32>
  %y = graph.exp %square : (tensor<?x?xf32>) -> tensor<?x?xf32>
  return %y : tensor<?x?xf32>
}
