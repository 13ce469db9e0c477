// RUN: systole-opt --verify-roundtrip %s | FileCheck %s

// Every type and attribute of the dialect survives printing, and every element
// type that a tensor can have is accepted.

// CHECK-LABEL: @string
// CHECK-SAME: tensor<2x!graph.string>
func.func private @string(tensor<2x!graph.string>)

// CHECK-LABEL: @sequence
// CHECK-SAME: !graph.sequence<tensor<*xf32>>
func.func private @sequence(!graph.sequence<tensor<*xf32>>)

// CHECK-LABEL: @optional
// CHECK-SAME: !graph.optional<!graph.sequence<tensor<?xi64>>>
func.func private @optional(!graph.optional<!graph.sequence<tensor<?xi64>>>)

// CHECK-LABEL: @layouts
// CHECK-SAME: channels_first = #graph.layout<"nc01">
// CHECK-SAME: channels_last = #graph.layout<"n01c">
// CHECK-SAME: filter = #graph.layout<"01io">
// CHECK-SAME: none = #graph.layout<"nc">
func.func private @layouts() attributes {
  channels_first = #graph.layout<"nc01">, channels_last = #graph.layout<"n01c">,
  filter = #graph.layout<"01io">, none = #graph.layout<"nc">}

// CHECK-LABEL: @enumerations
// CHECK-SAME: a = #graph.auto_pad<same_upper>
// CHECK-SAME: p = #graph<pad_mode edge>
func.func private @enumerations() attributes {
  a = #graph.auto_pad<same_upper>, p = #graph<pad_mode edge>}

// CHECK-LABEL: @floats
func.func @floats(%a: tensor<2xf64>, %b: tensor<2xf16>, %c: tensor<2xbf16>,
                  %d: tensor<2xf8E4M3FN>, %e: tensor<2xf8E5M2>, %f: tensor<2xf8E4M3FNUZ>,
                  %g: tensor<2xf8E5M2FNUZ>, %h: tensor<2xf4E2M1FN>) {
  // CHECK-COUNT-8: graph.cast %{{.*}} to f32
  %0 = graph.cast %a to f32 : (tensor<2xf64>) -> tensor<2xf32>
  %1 = graph.cast %b to f32 : (tensor<2xf16>) -> tensor<2xf32>
  %2 = graph.cast %c to f32 : (tensor<2xbf16>) -> tensor<2xf32>
  %3 = graph.cast %d to f32 : (tensor<2xf8E4M3FN>) -> tensor<2xf32>
  %4 = graph.cast %e to f32 : (tensor<2xf8E5M2>) -> tensor<2xf32>
  %5 = graph.cast %f to f32 : (tensor<2xf8E4M3FNUZ>) -> tensor<2xf32>
  %6 = graph.cast %g to f32 : (tensor<2xf8E5M2FNUZ>) -> tensor<2xf32>
  %7 = graph.cast %h to f32 : (tensor<2xf4E2M1FN>) -> tensor<2xf32>
  return
}

// CHECK-LABEL: @integers
func.func @integers(%a: tensor<2xi64>) {
  // CHECK-COUNT-13: graph.cast
  %0 = graph.cast %a to i32 : (tensor<2xi64>) -> tensor<2xi32>
  %1 = graph.cast %a to i16 : (tensor<2xi64>) -> tensor<2xi16>
  %2 = graph.cast %a to i8 : (tensor<2xi64>) -> tensor<2xi8>
  %3 = graph.cast %a to i4 : (tensor<2xi64>) -> tensor<2xi4>
  %4 = graph.cast %a to i2 : (tensor<2xi64>) -> tensor<2xi2>
  %5 = graph.cast %a to i1 : (tensor<2xi64>) -> tensor<2xi1>
  %6 = graph.cast %a to ui64 : (tensor<2xi64>) -> tensor<2xui64>
  %7 = graph.cast %a to ui32 : (tensor<2xi64>) -> tensor<2xui32>
  %8 = graph.cast %a to ui16 : (tensor<2xi64>) -> tensor<2xui16>
  %9 = graph.cast %a to ui8 : (tensor<2xi64>) -> tensor<2xui8>
  %10 = graph.cast %a to ui4 : (tensor<2xi64>) -> tensor<2xui4>
  %11 = graph.cast %a to ui2 : (tensor<2xi64>) -> tensor<2xui2>
  %12 = graph.cast %a to complex<f32> : (tensor<2xi64>) -> tensor<2xcomplex<f32>>
  return
}

// Names and dimension names of an entry point are ordinary attributes.
// CHECK-LABEL: @main
// CHECK-SAME: graph.dim_names = ["batch", ""]
// CHECK-SAME: graph.name = "input"
func.func @main(%x: tensor<?x3xf32> {graph.name = "input", graph.dim_names = ["batch", ""]})
    -> (tensor<?x3xf32> {graph.name = "output"}) attributes {graph.entry} {
  return %x : tensor<?x3xf32>
}
