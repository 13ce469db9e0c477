// A convolution whose filter and bias are inputs of unknown size.
func.func @main(%x: tensor<1x4x1x1xf32> {graph.name = "x"}, %w: tensor<?x2x1x1xf32> {graph.name = "w"}, %b: tensor<?xf32> {graph.name = "b"})
    -> (tensor<1x?x1x1xf32> {graph.name = "y"}) attributes {graph.entry} {
  %y = graph.conv %x, %w, %b {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, groups = 2 : i64, input_layout = #graph.layout<"nc01">, filter_layout = #graph.layout<"oi01">, output_layout = #graph.layout<"nc01">} : (tensor<1x4x1x1xf32>, tensor<?x2x1x1xf32>, tensor<?xf32>) -> tensor<1x?x1x1xf32>
  return %y : tensor<1x?x1x1xf32>
}
