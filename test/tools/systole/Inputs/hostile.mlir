// Names that would end an HTML page where a name is expected, or begin another.
func.func @main(%x: tensor<4x4xf32> {graph.name = "x"}) -> (tensor<4x4xf32> {graph.name = "y"})
    attributes {graph.entry} {
  %0 = graph.exp %x : (tensor<4x4xf32>) -> tensor<4x4xf32> loc("</script><script>alert(1)</script>"("Exp"))
  %1 = graph.transpose %0 {perm = array<i64: 1, 0>} : (tensor<4x4xf32>) -> tensor<4x4xf32> loc("\"><img src=x onerror=alert(1)>"("T"))
  %2 = graph.matmul %1, %0 : (tensor<4x4xf32>, tensor<4x4xf32>) -> tensor<4x4xf32> loc("]]>"("M"))
  %3 = graph.tanh %2 : (tensor<4x4xf32>) -> tensor<4x4xf32> loc("&amp;"("T"))
  %4 = graph.softmax %3 {axis = 1 : i64} : (tensor<4x4xf32>) -> tensor<4x4xf32> loc("gr\C3\B6\C3\9Fe-gr\C3\B6\C3\9Fe-gr\C3\B6\C3\9Fe-gr\C3\B6\C3\9Fe-gr\C3\B6\C3\9Fe"("S"))
  return %4 : tensor<4x4xf32>
}
