// RUN: systole-opt %s -split-input-file -verify-diagnostics

// What importers attach to functions and modules has the form that readers expect.

// expected-error @+1 {{'graph.name' is not a string: 1}}
func.func @name(%x: tensor<2xf32> {graph.name = 1 : i64}) {
  return
}

// -----

// expected-error @+1 {{'graph.dim_names' is not a list of strings: ["a", 1}}
func.func @dimNames(%x: tensor<2x3xf32> {graph.dim_names = ["a", 1]}) {
  return
}

// -----

// expected-error @+1 {{'graph.dim_names' has 1 names for the dimensions of 'tensor<2x3xf32>'}}
func.func @dimNamesOfResult(%x: tensor<2x3xf32>) -> (tensor<2x3xf32> {graph.dim_names = ["a"]}) {
  return %x : tensor<2x3xf32>
}

// -----

// expected-error @+1 {{'graph.entry' marks functions, without a value}}
func.func @entry() attributes {graph.entry = true} {
  return
}

// -----

// expected-error @+1 {{'graph.format' is not a string: 3}}
module attributes {graph.format = 3 : i64} {
}
