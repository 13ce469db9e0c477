// RUN: systole-opt %s --graph-calibrate '--graph-choose-float=target=10 budget=100' | FileCheck %s --check-prefix=NONE
// RUN: systole-opt %s --graph-calibrate '--graph-choose-float=target=60 budget=30' | FileCheck %s --check-prefix=SMALL
// RUN: systole-opt %s --graph-calibrate '--graph-choose-float=target=60 budget=100' | FileCheck %s --check-prefix=ALL
// RUN: systole-opt %s --graph-calibrate --graph-measure-noise '--remarks-filter=graph-.*' --remark-format=emitRemark 2>&1 | FileCheck %s --check-prefix=NOISE

// What has the wanted ratio is left alone.
// NONE-NOT: graph.keep_float

// The second product has a quarter of the multiply-adds.
// SMALL: graph.matmul
// SMALL-NOT: graph.keep_float
// SMALL: graph.matmul
// SMALL-SAME: graph.keep_float

// ALL: graph.matmul
// ALL-SAME: graph.keep_float
// ALL: graph.matmul
// ALL-SAME: graph.keep_float

// NOISE-COUNT-2: Category:graph-measure-noise | Remark="signal to noise {{[0-9.]+}} dB"
func.func @main(%x: tensor<1x4xf32>) -> tensor<1x1xf32> {
  %w = graph.constant dense<[[1.0, 2.0, 3.0], [3.0, 4.0, -1.0], [0.3, 0.7, 0.1], [0.9, 0.2, 0.6]]> : tensor<4x3xf32>
  %v = graph.constant dense<[[1.03], [0.27], [-0.71]]> : tensor<3x1xf32>
  %h = graph.matmul %x, %w : (tensor<1x4xf32>, tensor<4x3xf32>) -> tensor<1x3xf32>
  %y = graph.matmul %h, %v : (tensor<1x3xf32>, tensor<3x1xf32>) -> tensor<1x1xf32>
  return %y : tensor<1x1xf32>
}
