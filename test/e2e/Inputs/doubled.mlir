// Sizes follow from dimensions through a computed shape: y has twice the columns.
func.func @main(%x: tensor<?x?xf32> {graph.name = "x"})
    -> (tensor<?x?xf32> {graph.name = "y"}) attributes {graph.entry} {
  %shape = graph.shape_of %x : (tensor<?x?xf32>) -> tensor<2xi64>
  %factors = graph.constant dense<[1, 2]> : tensor<2xi64>
  %target = graph.mul %shape, %factors : (tensor<2xi64>, tensor<2xi64>) -> tensor<2xi64>
  %both = graph.concat %x, %x {axis = 0 : i64} : (tensor<?x?xf32>, tensor<?x?xf32>) -> tensor<?x?xf32>
  %flat = graph.reshape %both, %target : (tensor<?x?xf32>, tensor<2xi64>) -> tensor<?x?xf32>
  %y = graph.exp %flat : (tensor<?x?xf32>) -> tensor<?x?xf32>
  return %y : tensor<?x?xf32>
}
