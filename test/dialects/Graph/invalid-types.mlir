// RUN: systole-opt %s -split-input-file -verify-diagnostics

// expected-error @+1 {{layout 'nc02' is not an order of 'n', 'c' (or 'o', 'i') and the spatial dimensions '0', '1', ...}}
func.func private @gap() attributes {a = #graph.layout<"nc02">}

// -----

// expected-error @+1 {{layout 'nn0' is not an order}}
func.func private @twice() attributes {a = #graph.layout<"nn0">}

// -----

// expected-error @+1 {{layout 'no0' is not an order}}
func.func private @mixed() attributes {a = #graph.layout<"no0">}

// -----

// expected-error @+1 {{layout 'n' does not have 2 to 12 dimensions}}
func.func private @short() attributes {a = #graph.layout<"n">}

// -----

// Signed integers are written signless.
func.func @signed(%x: tensor<2xsi32>) {
  // expected-error @+1 {{operand #0 must be tensor of floating-point type or integer type}}
  %y = graph.abs %x : (tensor<2xsi32>) -> tensor<2xsi32>
  return
}

// -----

func.func @vector(%x: vector<2xf32>) {
  // expected-error @+1 {{operand #0 must be tensor}}
  %y = graph.exp %x : (vector<2xf32>) -> vector<2xf32>
  return
}

// -----

func.func @scalar(%x: f32) {
  // expected-error @+1 {{operand #0 must be tensor}}
  %y = graph.transpose %x {perm = array<i64>} : (f32) -> tensor<f32>
  return
}
