// RUN: systole-opt %s -split-input-file -verify-diagnostics

// Constraints of operations on strings, by number.

func.func @string_equal_c1(%a: tensor<2x!graph.string>, %b: tensor<3x!graph.string>) {
  // expected-error @+1 {{operand shapes do not broadcast}}
  %c = graph.string_equal %a, %b : (tensor<2x!graph.string>, tensor<3x!graph.string>) -> tensor<3xi1>
  return
}

// -----

func.func @string_equal_numbers(%a: tensor<2xi64>) {
  // expected-error @+1 {{operand #0 must be tensor of graph string values}}
  %c = graph.string_equal %a, %a : (tensor<2xi64>, tensor<2xi64>) -> tensor<2xi1>
  return
}

// -----

func.func @string_concat_c1(%a: tensor<2x!graph.string>, %b: tensor<!graph.string>) {
  // expected-error @+1 {{inferred type 'tensor<2x!graph.string>'}}
  %c = graph.string_concat %a, %b : (tensor<2x!graph.string>, tensor<!graph.string>) -> tensor<3x!graph.string>
  return
}

// -----

func.func @string_case_c1(%a: tensor<2x!graph.string>) {
  // expected-error @+1 {{inferred type 'tensor<2x!graph.string>'}}
  %c = graph.string_case %a : (tensor<2x!graph.string>) -> tensor<!graph.string>
  return
}

// -----

func.func @string_field_count_c1(%a: tensor<2x!graph.string>) {
  // expected-error @+1 {{inferred type 'tensor<2xi64>'}}
  %c = graph.string_field_count %a {delimiter = ","} : (tensor<2x!graph.string>) -> tensor<2xi32>
  return
}

// -----

func.func @string_field_count_c2(%a: tensor<2x!graph.string>) {
  // expected-error @+1 {{limit -1 is negative}}
  %c = graph.string_field_count %a {delimiter = ",", limit = -1 : i64} : (tensor<2x!graph.string>) -> tensor<2xi64>
  return
}

// -----

func.func @string_field_c1(%a: tensor<2x!graph.string>, %i: tensor<2xi32>) {
  // expected-error @+1 {{operand #1 must be tensor of 64-bit signless integer values}}
  %c = graph.string_field %a, %i {delimiter = ","} : (tensor<2x!graph.string>, tensor<2xi32>) -> tensor<2x!graph.string>
  return
}

// -----

func.func @string_field_c2(%a: tensor<2x!graph.string>, %i: tensor<3xi64>) {
  // expected-error @+1 {{operand shapes do not broadcast}}
  %c = graph.string_field %a, %i {delimiter = ","} : (tensor<2x!graph.string>, tensor<3xi64>) -> tensor<3x!graph.string>
  return
}

// -----

func.func @string_field_c3(%a: tensor<2x!graph.string>, %i: tensor<2xi64>) {
  // expected-error @+1 {{limit -7 is negative}}
  %c = graph.string_field %a, %i {delimiter = ",", limit = -7 : i64} : (tensor<2x!graph.string>, tensor<2xi64>) -> tensor<2x!graph.string>
  return
}

// -----

func.func @string_match_c1(%a: tensor<2x!graph.string>) {
  // expected-error @+1 {{inferred type 'tensor<2xi1>'}}
  %c = graph.string_match %a {pattern = "a"} : (tensor<2x!graph.string>) -> tensor<3xi1>
  return
}

// -----

func.func @string_match_c2(%a: tensor<2x!graph.string>) {
  // expected-error @+1 {{pattern '(a' cannot be used: a '(' has no ')'}}
  %c = graph.string_match %a {pattern = "(a"} : (tensor<2x!graph.string>) -> tensor<2xi1>
  return
}

// -----

func.func @string_match_c2_states(%a: tensor<2x!graph.string>) {
  // expected-error @+1 {{its automaton has more than 4096 states}}
  %c = graph.string_match %a {pattern = ".*a.{30}"} : (tensor<2x!graph.string>) -> tensor<2xi1>
  return
}
