//===- GraphControlOps.td - Regions ------------------------*- tablegen -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_GRAPH_CONTROL_OPS
#define SYSTOLE_GRAPH_CONTROL_OPS

include "dialects/Graph/IR/GraphOpBase.td"
include "mlir/Interfaces/ControlFlowInterfaces.td"

def Graph_YieldOp : Graph_Op<"yield", [Pure, Terminator, ReturnLike,
    ParentOneOf<["IfOp", "WhileOp", "GroupOp"]>]> {
  let summary = "Ends a region and gives its results";
  let description = [{
    **Semantics.** The operands become the results of the enclosing region. A
    region that gives none may leave the operation out.

    **Example.**
    ```mlir
    %y = graph.if %c : tensor<i1> -> (tensor<2xf32>) {
      graph.yield %a : tensor<2xf32>
    } else {
      graph.yield %b : tensor<2xf32>
    }
    ```
  }];
  let arguments = (ins Variadic<AnyType>:$values);
  let assemblyFormat = "attr-dict ($values^ `:` type($values))?";
  let builders = [OpBuilder<(ins), [{ }]>];
}

def Graph_IfOp : Graph_Op<"if", [RecursiveMemoryEffects, SingleBlockImplicitTerminator<"YieldOp">, NoRegionArguments]> {
  let summary = "Runs one of two regions";
  let description = [{
    **Semantics.** The results of the first region if `condition` is true, else of
    the second. The regions see all values defined before.

    **Constraints.**
    - C1: `condition` has one element.
    - C2: both regions yield as many values as there are results, each of the
      result's element type and compatible shape.

    **Example.**
    ```mlir
    %y = graph.if %c : tensor<i1> -> (tensor<?xf32>) {
      graph.yield %a : tensor<2xf32>
    } else {
      graph.yield %b : tensor<3xf32>
    }
    ```
  }];
  let arguments = (ins Graph_BoolTensor:$condition);
  let results = (outs Variadic<AnyType>:$results);
  let regions = (region SizedRegion<1>:$thenRegion, SizedRegion<1>:$elseRegion);
  let assemblyFormat = [{
    $condition `:` type($condition) (`->` `(` type($results)^ `)`)? $thenRegion `else` $elseRegion attr-dict
  }];
  let hasRegionVerifier = 1;
  let hasCanonicalizer = 1;
}

def Graph_WhileOp : Graph_Op<"while", [RecursiveMemoryEffects, SingleBlockImplicitTerminator<"YieldOp">]> {
  let summary = "Repeats a region while a condition holds";
  let description = [{
    **Semantics.** The carried values start as `inits`. While the `condition` region,
    given the carried values, yields true, the `body` region maps them to the
    next ones. The results are the last carried values. The regions see all values
    defined before.

    **Constraints.**
    - C1: `condition` yields one value, a boolean tensor with one element.
    - C2: both regions have an argument for each result, with the result's type.
    - C3: inits and the values yielded by `body` have the results' element types
      and compatible shapes.

    **Example.**
    ```mlir
    %r = graph.while (%i = %zero) : (tensor<i64>) -> (tensor<i64>) {
      %more = graph.compare lt, %i, %n : (tensor<i64>, tensor<i64>) -> tensor<i1>
      graph.yield %more : tensor<i1>
    } do (%j) {
      %next = graph.add %j, %one : (tensor<i64>, tensor<i64>) -> tensor<i64>
      graph.yield %next : tensor<i64>
    }
    ```
  }];
  let arguments = (ins Variadic<AnyType>:$inits);
  let results = (outs Variadic<AnyType>:$results);
  let regions = (region SizedRegion<1>:$condition, SizedRegion<1>:$body);
  let hasCustomAssemblyFormat = 1;
  let hasRegionVerifier = 1;
}

def Graph_GroupOp : Graph_Op<"group", [RecursiveMemoryEffects, SingleBlockImplicitTerminator<"YieldOp">, IsolatedFromAbove]> {
  let summary = "Operations that a backend runs as one kernel";
  let description = [{
    **Semantics.** The region's block arguments are the operands; its yielded values
    are the results. Grouping changes no value: it records a fusion decision
    that the interpreter executes, each backend lowers as one kernel, and reports
    read. `kind` names the rule that formed the group (`"elementwise"`, `"conv"`).

    **Constraints.**
    - C1: the block has an argument for each operand, of the operand's type.
    - C2: the region yields the results, with their types.
    - C3: the region holds no control flow, no other group, and neither reads nor
      assigns a variable.

    **Example.**
    ```mlir
    %y = graph.group "elementwise" (%a = %x) : (tensor<2xf32>) -> (tensor<2xf32>) {
      %e = graph.exp %a : (tensor<2xf32>) -> tensor<2xf32>
      %f = graph.sqrt %e : (tensor<2xf32>) -> tensor<2xf32>
      graph.yield %f : tensor<2xf32>
    }
    ```
  }];
  let arguments = (ins Variadic<AnyType>:$inputs, StrAttr:$kind);
  let results = (outs Variadic<AnyType>:$results);
  let regions = (region SizedRegion<1>:$body);
  let hasCustomAssemblyFormat = 1;
  let hasRegionVerifier = 1;
}

#endif // SYSTOLE_GRAPH_CONTROL_OPS
