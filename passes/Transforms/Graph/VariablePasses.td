//===- VariablePasses.td - State as values -----------------*- tablegen -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_PASSES_TRANSFORMS_GRAPH_VARIABLEPASSES
#define SYSTOLE_PASSES_TRANSFORMS_GRAPH_VARIABLEPASSES

include "passes/Transforms/Graph/GraphPass.td"

def GraphFoldVariables : Graph_Pass<"graph-fold-variables"> {
  let summary = "Replace variables that never change, remove those nobody reads";
  let description = [{
    A variable that no function of the module assigns is a constant: its initial
    value. One that no function reads needs no assignments. Either way it goes.

    Before:
    ```mlir
    graph.variable @scale = dense<2.0> : tensor<f32>
    graph.variable @last : tensor<4xf32>
    func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
      %s = graph.read_variable @scale : tensor<f32>
      %y = graph.mul %x, %s : (tensor<4xf32>, tensor<f32>) -> tensor<4xf32>
      graph.assign_variable @last, %y : tensor<4xf32>
      return %y : tensor<4xf32>
    }
    ```
    After:
    ```mlir
    func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
      %s = graph.constant dense<2.0> : tensor<f32>
      %y = graph.mul %x, %s : (tensor<4xf32>, tensor<f32>) -> tensor<4xf32>
      return %y : tensor<4xf32>
    }
    ```

    **Precondition.** The module is whole: nobody else reads or assigns its variables.
    **Postcondition.** Every variable left is assigned somewhere and read somewhere.
    **Limits.** A variable that only an initialiser assigns stays one: its value is
    known when a state begins, not here.
  }];
  let statistics = [
    Statistic<"numConstants", "num-constants", "Variables that became constants">,
    Statistic<"numRemoved", "num-removed", "Variables that nobody read">];
}

def GraphForwardVariables : Graph_Pass<"graph-forward-variables"> {
  let summary = "Use the values that are assigned instead of reading them back";
  let description = [{
    In the order of each block: a read whose variable was read or assigned before,
    with no assignment between, is that value. An assignment that another one of the
    block replaces before anybody reads, or that assigns what the variable holds, is
    not made. A read in a loop that does not assign its variable moves before it.

    Before:
    ```mlir
    graph.variable @sum : tensor<4xf32>
    func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
      %a = graph.read_variable @sum : tensor<4xf32>
      %b = graph.add %a, %x : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
      graph.assign_variable @sum, %b : tensor<4xf32>
      %c = graph.read_variable @sum : tensor<4xf32>
      %d = graph.relu %c : (tensor<4xf32>) -> tensor<4xf32>
      graph.assign_variable @sum, %d : tensor<4xf32>
      return %d : tensor<4xf32>
    }
    ```
    After:
    ```mlir
    graph.variable @sum : tensor<4xf32>
    func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
      %a = graph.read_variable @sum : tensor<4xf32>
      %b = graph.add %a, %x : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
      %d = graph.relu %b : (tensor<4xf32>) -> tensor<4xf32>
      graph.assign_variable @sum, %d : tensor<4xf32>
      return %d : tensor<4xf32>
    }
    ```

    **Precondition.** None; after inlining it finds more, since a call may assign
    every variable.
    **Postcondition.** Each read gives the value that it gave before, and a run leaves
    every variable with the value that it left before.
    **Limits.** What a branch or a loop assigns is not known after it:
    `graph-promote-variables` makes values of it.
  }];
  let statistics = [
    Statistic<"numForwarded", "num-forwarded", "Reads replaced by a value">,
    Statistic<"numDead", "num-dead", "Assignments removed">,
    Statistic<"numHoisted", "num-hoisted", "Variables read before a loop instead of in it">];
}

def GraphPromoteVariables : Graph_Pass<"graph-promote-variables"> {
  let summary = "Carry variables through loops and branches as values";
  let description = [{
    A variable that a loop assigns becomes one of its carried values, and one that a
    branch assigns a result of the `if`: it is read before and assigned after. What
    is known of values (counters, shapes, constants) is then known of it, too.

    Before:
    ```mlir
    graph.variable @steps : tensor<i64>
    func.func @main(%n: tensor<i64>) {
      %one = graph.constant dense<1> : tensor<i64>
      graph.while () : () -> () {
        %s = graph.read_variable @steps : tensor<i64>
        %more = graph.compare lt, %s, %n : (tensor<i64>, tensor<i64>) -> tensor<i1>
        graph.yield %more : tensor<i1>
      } do () {
        %s = graph.read_variable @steps : tensor<i64>
        %t = graph.add %s, %one : (tensor<i64>, tensor<i64>) -> tensor<i64>
        graph.assign_variable @steps, %t : tensor<i64>
      }
      return
    }
    ```
    After:
    ```mlir
    graph.variable @steps : tensor<i64>
    func.func @main(%n: tensor<i64>) {
      %one = graph.constant dense<1> : tensor<i64>
      %before = graph.read_variable @steps : tensor<i64>
      %after = graph.while (%s = %before) : (tensor<i64>) -> (tensor<i64>) {
        %more = graph.compare lt, %s, %n : (tensor<i64>, tensor<i64>) -> tensor<i1>
        graph.yield %more : tensor<i1>
      } do (%s) {
        %t = graph.add %s, %one : (tensor<i64>, tensor<i64>) -> tensor<i64>
        graph.yield %t : tensor<i64>
      }
      graph.assign_variable @steps, %after : tensor<i64>
      return
    }
    ```

    **Precondition.** None; calls are inlined, or keep what is around them as it is.
    **Postcondition.** Each read gives the value that it gave before, and a run leaves
    every variable with the value that it left before.
    **Limits.** A carried value is copied in each iteration, a variable is written in
    place: large ones stay variables. So do those that a loop's condition assigns.
  }];
  let options = [
    Option<"maxBytes", "max-bytes", "int64_t", "4096",
           "Largest variable to carry as a value, in bytes">];
  let statistics = [
    Statistic<"numFromLoops", "num-from-loops", "Variables of loops that became carried values">,
    Statistic<"numFromBranches", "num-from-branches", "Variables of branches that became results">];
}

#endif // SYSTOLE_PASSES_TRANSFORMS_GRAPH_VARIABLEPASSES
