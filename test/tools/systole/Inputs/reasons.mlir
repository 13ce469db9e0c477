// One near miss of each pass: something better was close, and why it was not
// done is what --explain shows.
func.func @main(%x: tensor<1x4x8x8xf32> {graph.name = "x"}, %s: tensor<4xf32> {graph.name = "s"},
                %m: tensor<8x8xf32> {graph.name = "m"}, %d: tensor<?x8xf32> {graph.name = "d"},
                %n: tensor<2xi64> {graph.name = "n"}, %i: tensor<?xf32> {graph.name = "i"},
                %k: tensor<i64> {graph.name = "k"})
    -> (tensor<1x4x8x8xf32> {graph.name = "r0"}, tensor<1x4x8x8xf32> {graph.name = "r1"},
        tensor<1x4x8x8xf32> {graph.name = "r2"}, tensor<1x4x10x10xf32> {graph.name = "r3"},
        tensor<8x8xf32> {graph.name = "r4"}, tensor<?x?xf32> {graph.name = "r5"},
        tensor<8x8xf32> {graph.name = "r6"}, tensor<8x8xf32> {graph.name = "r7"},
        tensor<8x8xf32> {graph.name = "r8"}, tensor<600x600xf32> {graph.name = "r9"},
        tensor<?xf32> {graph.name = "r10"}, tensor<8x8xf32> {graph.name = "r11"},
        tensor<1x8xf32> {graph.name = "r12"}, tensor<8x8xf32> {graph.name = "r13"})
    attributes {graph.entry} {
  // Statistics that come with the input.
  %0 = graph.batch_norm %x, %s, %s, %s, %s {axis = 1 : i64, epsilon = 1.0e-5 : f64}
      : (tensor<1x4x8x8xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<1x4x8x8xf32> loc("late-norm"("N"))
  // Constant statistics, behind no weights.
  %c = graph.constant dense<[1.0, 2.0, 3.0, 4.0]> : tensor<4xf32>
  %1 = graph.batch_norm %x, %c, %c, %c, %c {axis = 1 : i64, epsilon = 1.0e-5 : f64}
      : (tensor<1x4x8x8xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<1x4x8x8xf32> loc("lone-norm"("N"))
  // A convolution that two read, one of them a constant for each channel.
  %w = graph.constant dense<0.5> : tensor<4x4x1x1xf32>
  %2 = graph.conv %x, %w {
      input_layout = #graph.layout<"nc01">, filter_layout = #graph.layout<"oi01">,
      output_layout = #graph.layout<"nc01">, strides = array<i64: 1, 1>,
      dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, groups = 1 : i64}
      : (tensor<1x4x8x8xf32>, tensor<4x4x1x1xf32>) -> tensor<1x4x8x8xf32> loc("shared-conv"("C"))
  %b = graph.constant dense<[[[[1.0]], [[2.0]], [[3.0]], [[4.0]]]]> : tensor<1x4x1x1xf32>
  %3 = graph.add %2, %b : (tensor<1x4x8x8xf32>, tensor<1x4x1x1xf32>) -> tensor<1x4x8x8xf32> loc("late-bias"("A"))
  %4 = graph.mul %2, %x : (tensor<1x4x8x8xf32>, tensor<1x4x8x8xf32>) -> tensor<1x4x8x8xf32> loc("scaled"("M"))
  %34 = graph.add %3, %4 : (tensor<1x4x8x8xf32>, tensor<1x4x8x8xf32>) -> tensor<1x4x8x8xf32> loc("both"("A"))
  // Padding with ones.
  %one = graph.constant dense<1.0> : tensor<f32>
  %pads = graph.constant dense<[0, 0, 1, 1, 0, 0, 1, 1]> : tensor<8xi64>
  %5 = graph.pad constant, %x, %pads, %one : (tensor<1x4x8x8xf32>, tensor<8xi64>, tensor<f32>) -> tensor<1x4x10x10xf32> loc("frame"("P"))
  %6 = graph.conv %5, %w {
      input_layout = #graph.layout<"nc01">, filter_layout = #graph.layout<"oi01">,
      output_layout = #graph.layout<"nc01">, strides = array<i64: 1, 1>,
      dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, groups = 1 : i64}
      : (tensor<1x4x10x10xf32>, tensor<4x4x1x1xf32>) -> tensor<1x4x10x10xf32> loc("framed"("C"))
  // A transpose that nothing cancels.
  %7 = graph.transpose %m {perm = array<i64: 1, 0>} : (tensor<8x8xf32>) -> tensor<8x8xf32> loc("turn"("T"))
  %8 = graph.add %7, %m : (tensor<8x8xf32>, tensor<8x8xf32>) -> tensor<8x8xf32> loc("turned"("A"))
  // A shape that is an input.
  %9 = graph.reshape %d, %n : (tensor<?x8xf32>, tensor<2xi64>) -> tensor<?x?xf32> loc("free-shape"("R"))
  // Costly, and read twice.
  %10 = graph.exp %m : (tensor<8x8xf32>) -> tensor<8x8xf32> loc("costly"("E"))
  %11 = graph.relu %10 : (tensor<8x8xf32>) -> tensor<8x8xf32> loc("reader"("R"))
  %12 = graph.tanh %10 : (tensor<8x8xf32>) -> tensor<8x8xf32> loc("reader-2"("T"))
  // Nearly a softmax: the sum drops its dimension.
  %13 = graph.exp %m : (tensor<8x8xf32>) -> tensor<8x8xf32> loc("powers"("E"))
  %14 = graph.reduce sum, %13 {axes = array<i64: 0>} : (tensor<8x8xf32>) -> tensor<8xf32> loc("total"("S"))
  %15 = graph.div %13, %14 : (tensor<8x8xf32>, tensor<8xf32>) -> tensor<8x8xf32> loc("shares"("D"))
  // A large result of small constants.
  %tiny = graph.constant dense<[[1.0], [2.0]]> : tensor<2x1xf32>
  %size = graph.constant dense<[300, 2, 600]> : tensor<3xi64>
  %flat = graph.constant dense<600> : tensor<2xi64>
  %150 = graph.broadcast %tiny, %size : (tensor<2x1xf32>, tensor<3xi64>) -> tensor<300x2x600xf32> loc("large"("T"))
  %16 = graph.reshape %150, %flat : (tensor<300x2x600xf32>, tensor<2xi64>) -> tensor<600x600xf32> loc("flat"("R"))
  // In a loop that may not run: it may fail.
  %zero = graph.constant dense<0> : tensor<i64>
  %step = graph.constant dense<1> : tensor<i64>
  %17:2 = graph.while (%j = %zero, %v = %i) : (tensor<i64>, tensor<?xf32>) -> (tensor<i64>, tensor<?xf32>) {
    %more = graph.compare lt, %j, %k : (tensor<i64>, tensor<i64>) -> tensor<i1>
    graph.yield %more : tensor<i1>
  } do (%p, %q) {
    %next = graph.add %p, %step : (tensor<i64>, tensor<i64>) -> tensor<i64> loc("count"("A"))
    %fixed = graph.tanh %i : (tensor<?xf32>) -> tensor<?xf32> loc("fixed"("T"))
    %grown = graph.sub %fixed, %q : (tensor<?xf32>, tensor<?xf32>) -> tensor<?xf32> loc("changing"("S"))
    graph.yield %next, %grown : tensor<i64>, tensor<?xf32>
  } loc("loop"("L"))
  // A row's mean that is costly to take apart: needed twice.
  %18 = graph.exp %m : (tensor<8x8xf32>) -> tensor<8x8xf32> loc("row-powers"("E"))
  %19 = graph.reduce mean, %18 {axes = array<i64: 1>, keep_dims} : (tensor<8x8xf32>) -> tensor<8x1xf32> loc("row-mean"("M"))
  %20 = graph.sub %18, %19 : (tensor<8x8xf32>, tensor<8x1xf32>) -> tensor<8x8xf32> loc("row-rest"("S"))
  // A part of what was put together, of bounds that come with the input.
  %21 = graph.concat %m, %8 {axis = 0 : i64} : (tensor<8x8xf32>, tensor<8x8xf32>) -> tensor<16x8xf32> loc("joined"("C"))
  %22 = graph.constant dense<1> : tensor<1xi64>
  %23 = graph.reshape %k, %22 : (tensor<i64>, tensor<1xi64>) -> tensor<1xi64> loc("bound"("R"))
  %24 = graph.add %23, %22 : (tensor<1xi64>, tensor<1xi64>) -> tensor<1xi64> loc("bound-2"("A"))
  %25 = graph.slice %21, %23, %24, %22 {axes = array<i64: 0>} : (tensor<16x8xf32>, tensor<1xi64>, tensor<1xi64>, tensor<1xi64>) -> tensor<1x8xf32> loc("part"("S"))
  // Nearly a sigmoid.
  %26 = graph.exp %m : (tensor<8x8xf32>) -> tensor<8x8xf32> loc("rise"("E"))
  %27 = graph.add %26, %one : (tensor<8x8xf32>, tensor<f32>) -> tensor<8x8xf32> loc("more"("A"))
  %28 = graph.div %one, %27 : (tensor<f32>, tensor<8x8xf32>) -> tensor<8x8xf32> loc("nearly"("D"))
  return %0, %1, %34, %6, %8, %9, %11, %12, %15, %16, %17#1, %20, %25, %28
    : tensor<1x4x8x8xf32>, tensor<1x4x8x8xf32>, tensor<1x4x8x8xf32>, tensor<1x4x10x10xf32>, tensor<8x8xf32>, tensor<?x?xf32>,
      tensor<8x8xf32>, tensor<8x8xf32>, tensor<8x8xf32>, tensor<600x600xf32>, tensor<?xf32>, tensor<8x8xf32>, tensor<1x8xf32>, tensor<8x8xf32>
}
