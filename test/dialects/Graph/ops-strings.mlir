// RUN: systole-opt %s | systole-opt | FileCheck %s

// Operations on strings, and constants of them: each parses and prints.

// CHECK-LABEL: @strings
func.func @strings(%x: tensor<3x!graph.string>, %i: tensor<4x1xi64>) {
  // CHECK: graph.constant dense<["a", "", "x\22y"]> : tensor<3x!graph.string>
  %c = graph.constant dense<["a", "", "x\"y"]> : tensor<3x!graph.string>
  // CHECK: graph.constant dense<"same"> : tensor<2x!graph.string>
  %s = graph.constant dense<"same"> : tensor<2x!graph.string>
  // CHECK: graph.string_equal %{{.*}}, %{{.*}} : (tensor<3x!graph.string>, tensor<3x!graph.string>) -> tensor<3xi1>
  %equal = graph.string_equal %x, %c : (tensor<3x!graph.string>, tensor<3x!graph.string>) -> tensor<3xi1>
  // CHECK: graph.string_concat
  %concat = graph.string_concat %x, %c : (tensor<3x!graph.string>, tensor<3x!graph.string>) -> tensor<3x!graph.string>
  // CHECK: graph.string_case %{{.*}} {upper}
  %case = graph.string_case %x {upper} : (tensor<3x!graph.string>) -> tensor<3x!graph.string>
  // CHECK: graph.string_field_count %{{.*}} {delimiter = ",", limit = 2 : i64}
  %count = graph.string_field_count %x {delimiter = ",", limit = 2 : i64} : (tensor<3x!graph.string>) -> tensor<3xi64>
  // CHECK: graph.string_field %{{.*}}, %{{.*}} {delimiter = ""}
  %field = graph.string_field %x, %i {delimiter = ""} : (tensor<3x!graph.string>, tensor<4x1xi64>) -> tensor<4x3x!graph.string>
  // CHECK: graph.string_match %{{.*}} {pattern = "[a-z]+"}
  %match = graph.string_match %x {pattern = "[a-z]+"} : (tensor<3x!graph.string>) -> tensor<3xi1>
  return
}
