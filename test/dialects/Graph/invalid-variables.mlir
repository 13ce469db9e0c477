// RUN: systole-opt %s --split-input-file --verify-diagnostics

// The test names carry the numbers of the constraints (@variable_c2, too).

// expected-error @+1 {{of type 'tensor<?xf32>' is not a tensor of static shape}}
graph.variable @variable_c1 : tensor<?xf32>

// -----

// expected-error @+1 {{of type 'tensor<2x!graph.string>' has elements that no state can hold}}
graph.variable @variable_c1 : tensor<2x!graph.string>

// -----

// expected-error @+1 {{of type 'f32' is not a tensor of static shape}}
graph.variable @variable_c1 : f32

// -----

// expected-error @+1 {{of type 'tensor<4611686018427387904x4xi8>' has more than 2^62 elements}}
graph.variable @variable_c1 : tensor<4611686018427387904x4xi8>

// -----

// expected-error @+1 {{of type 'tensor<3xf32>' starts with a value of type 'tensor<2xf32>'}}
"graph.variable"() {sym_name = "variable_c2", type = tensor<3xf32>, initial = dense<0.0> : tensor<2xf32>} : () -> ()

// -----

func.func @read_variable_c1() {
  // expected-error @+1 {{@x names no variable}}
  %x = graph.read_variable @x : tensor<2xf32>
  return
}

// -----

// expected-note @+1 {{it is a 'func.func'}}
func.func @x() {
  return
}
func.func @read_variable_c1() {
  // expected-error @+1 {{@x names no variable}}
  %x = graph.read_variable @x : tensor<2xf32>
  return
}

// -----

// expected-note @+1 {{the variable is declared here}}
graph.variable @x : tensor<2xf32>
func.func @read_variable_c2() {
  // expected-error @+1 {{result of type 'tensor<?xf32>' is not of the variable's type 'tensor<2xf32>'}}
  %x = graph.read_variable @x : tensor<?xf32>
  return
}

// -----

func.func @assign_variable_c1(%v: tensor<2xf32>) {
  // expected-error @+1 {{@x names no variable}}
  graph.assign_variable @x, %v : tensor<2xf32>
  return
}

// -----

// expected-note @+1 {{the variable is declared here}}
graph.variable @x : tensor<2xf32>
func.func @assign_variable_c2(%v: tensor<3xf32>) {
  // expected-error @+1 {{value of type 'tensor<3xf32>' does not fit the variable's type 'tensor<2xf32>'}}
  graph.assign_variable @x, %v : tensor<3xf32>
  return
}

// -----

// expected-note @+1 {{the variable is declared here}}
graph.variable @x : tensor<2xf32>
func.func @assign_variable_c2(%v: tensor<2xi32>) {
  // expected-error @+1 {{value of type 'tensor<2xi32>' does not fit}}
  graph.assign_variable @x, %v : tensor<2xi32>
  return
}

// -----

graph.variable @x : tensor<2xf32>
func.func @group_c3(%v: tensor<2xf32>) {
  // expected-error @+1 {{'graph.group' op holds 'graph.read_variable'}}
  %y = graph.group "elementwise" (%a = %v) : (tensor<2xf32>) -> (tensor<2xf32>) {
    // expected-note @+1 {{the operation is here}}
    %b = graph.read_variable @x : tensor<2xf32>
    graph.yield %b : tensor<2xf32>
  }
  return
}

// -----

func.func @nested() {
  // expected-error @+1 {{expects parent op 'builtin.module'}}
  graph.variable @x : tensor<2xf32>
  return
}

// -----

// expected-error @+1 {{'graph.initializer' marks functions without arguments and results}}
func.func @initializer(%x: tensor<2xf32>) attributes {graph.initializer} {
  return
}
