// RUN: systole-opt %s -split-input-file -verify-diagnostics

// A case for each constraint of each operation with regions, called after it.

func.func @if_c1(%c: tensor<2xi1>) {
  // expected-error @+1 {{'graph.if' op condition of type 'tensor<2xi1>' does not have one element}}
  graph.if %c : tensor<2xi1> {
  } else {
  }
  return
}

// -----

func.func @if_c2(%c: tensor<i1>, %x: tensor<2xf32>) {
  // expected-error @+1 {{first region: 0 values, but 1 results}}
  %y = graph.if %c : tensor<i1> -> (tensor<2xf32>) {
  } else {
    graph.yield %x : tensor<2xf32>
  }
  return
}

// -----

func.func @if_c2_type(%c: tensor<i1>, %x: tensor<2xf32>, %y: tensor<3xf32>) {
  // expected-error @+1 {{second region: type 'tensor<3xf32>' of value #0 does not match 'tensor<2xf32>' of the results}}
  %z = graph.if %c : tensor<i1> -> (tensor<2xf32>) {
    graph.yield %x : tensor<2xf32>
  } else {
    graph.yield %y : tensor<3xf32>
  }
  return
}

// -----

func.func @while_c1(%x: tensor<i64>) {
  // expected-error @+1 {{condition must yield one boolean, but yields 'tensor<i64>'}}
  %r = graph.while (%i = %x) : (tensor<i64>) -> (tensor<i64>) {
    graph.yield %i : tensor<i64>
  } do (%j) {
    graph.yield %j : tensor<i64>
  }
  return
}

// -----

func.func @while_c1_count(%x: tensor<i64>) {
  // expected-error @+1 {{condition must yield one boolean, but yields}}
  %r = graph.while (%i = %x) : (tensor<i64>) -> (tensor<i64>) {
  } do (%j) {
    graph.yield %j : tensor<i64>
  }
  return
}

// -----

// The assembly gives the arguments the results' types: only the generic form can
// have others.
func.func @while_c2(%x: tensor<i64>, %c: tensor<i1>) {
  // expected-error @+1 {{arguments of the body: type 'tensor<i32>' of value #0 does not match 'tensor<i64>' of the results}}
  %r = "graph.while"(%x) ({
  ^bb0(%i: tensor<i64>):
    graph.yield %c : tensor<i1>
  }, {
  ^bb0(%j: tensor<i32>):
    graph.yield %x : tensor<i64>
  }) : (tensor<i64>) -> tensor<i64>
  return
}

// -----

func.func @while_c2_count(%x: tensor<i64>, %c: tensor<i1>) {
  // expected-error @+1 {{arguments of the condition: 0 values, but 1 results}}
  %r = "graph.while"(%x) ({
    graph.yield %c : tensor<i1>
  }, {
  ^bb0(%j: tensor<i64>):
    graph.yield %x : tensor<i64>
  }) : (tensor<i64>) -> tensor<i64>
  return
}

// -----

func.func @while_c3(%x: tensor<2xi64>, %c: tensor<i1>) {
  // expected-error @+1 {{inits: type 'tensor<2xi64>' of value #0 does not match 'tensor<3xi64>' of the results}}
  %r = graph.while (%i = %x) : (tensor<2xi64>) -> (tensor<3xi64>) {
    graph.yield %c : tensor<i1>
  } do (%j) {
    graph.yield %j : tensor<3xi64>
  }
  return
}

// -----

func.func @while_c3_body(%x: tensor<2xi64>, %c: tensor<i1>) {
  // expected-error @+1 {{values of the body: 0 values, but 1 results}}
  %r = graph.while (%i = %x) : (tensor<2xi64>) -> (tensor<2xi64>) {
    graph.yield %c : tensor<i1>
  } do (%j) {
  }
  return
}

// -----

func.func @while_arguments(%x: tensor<2xi64>, %c: tensor<i1>) {
  // expected-error @+1 {{1 region arguments for 2 types}}
  %r:2 = graph.while (%i = %x) : (tensor<2xi64>) -> (tensor<2xi64>, tensor<2xi64>) {
    graph.yield %c : tensor<i1>
  } do (%j) {
    graph.yield %j : tensor<2xi64>
  }
  return
}

// -----

func.func @group_c1(%x: tensor<2xf32>) {
  // expected-error @+1 {{arguments of the region: type 'tensor<?xf32>' of value #0 does not match 'tensor<2xf32>' of the operands}}
  %y = "graph.group"(%x) <{kind = "elementwise"}> ({
  ^bb0(%a: tensor<?xf32>):
    graph.yield %a : tensor<?xf32>
  }) : (tensor<2xf32>) -> tensor<?xf32>
  return
}

// -----

func.func @group_c2(%x: tensor<2xf32>) {
  // expected-error @+1 {{values of the region: type 'tensor<2xf32>' of value #0 does not match 'tensor<?xf32>' of the results}}
  %y = graph.group "elementwise" (%a = %x) : (tensor<2xf32>) -> (tensor<?xf32>) {
    graph.yield %a : tensor<2xf32>
  }
  return
}

// -----

func.func @group_c3(%x: tensor<2xf32>, %c: tensor<i1>) {
  // expected-error @+1 {{'graph.group' op holds 'graph.if'}}
  %y = graph.group "elementwise" (%a = %x, %b = %c) : (tensor<2xf32>, tensor<i1>) -> (tensor<2xf32>) {
    // expected-note @+1 {{the operation is here}}
    graph.if %b : tensor<i1> {
    } else {
    }
    graph.yield %a : tensor<2xf32>
  }
  return
}

// -----

func.func @yield_parent(%x: tensor<2xf32>) {
  // expected-error @+1 {{expects parent op to be one of 'graph.if, graph.while, graph.group'}}
  graph.yield %x : tensor<2xf32>
}
