// x: [n, m] to [n, max(m / 2, 1), rest], by all the operations that shapes are
// computed with: gather, slice, cast, division, comparison, select, concat.
func.func @main(%x: tensor<?x?xf32> {graph.name = "x"})
    -> (tensor<?x?x?xf32> {graph.name = "y"}) attributes {graph.entry} {
  %shape = graph.shape_of %x : (tensor<?x?xf32>) -> tensor<2xi64>
  %zero = graph.constant dense<0> : tensor<1xi64>
  %one = graph.constant dense<1> : tensor<1xi64>
  %two = graph.constant dense<2> : tensor<1xi64>
  %two32 = graph.constant dense<2> : tensor<i32>
  %one32 = graph.constant dense<1> : tensor<i32>
  %minus = graph.constant dense<-1> : tensor<1xi64>
  %rows = graph.gather %shape, %zero {axis = 0 : i64} : (tensor<2xi64>, tensor<1xi64>) -> tensor<1xi64>
  %columns = graph.slice %shape, %one, %two, %one {axes = array<i64: 0>} : (tensor<2xi64>, tensor<1xi64>, tensor<1xi64>, tensor<1xi64>) -> tensor<1xi64>
  %narrow = graph.cast %columns to i32 : (tensor<1xi64>) -> tensor<1xi32>
  %half = graph.div %narrow, %two32 : (tensor<1xi32>, tensor<i32>) -> tensor<1xi32>
  %small = graph.compare lt, %half, %one32 : (tensor<1xi32>, tensor<i32>) -> tensor<1xi1>
  %chosen = graph.select %small, %one32, %half : (tensor<1xi1>, tensor<i32>, tensor<1xi32>) -> tensor<1xi32>
  %wide = graph.cast %chosen to i64 : (tensor<1xi32>) -> tensor<1xi64>
  %target = graph.concat %rows, %wide, %minus {axis = 0 : i64} : (tensor<1xi64>, tensor<1xi64>, tensor<1xi64>) -> tensor<3xi64>
  %view = graph.reshape %x, %target : (tensor<?x?xf32>, tensor<3xi64>) -> tensor<?x?x?xf32>
  %y = graph.exp %view : (tensor<?x?x?xf32>) -> tensor<?x?x?xf32>
  return %y : tensor<?x?x?xf32>
}
