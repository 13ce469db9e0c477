//===- SupportPasses.td - Plugins, checks, output ----------*- tablegen -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_PASSES_TRANSFORMS_GRAPH_SUPPORTPASSES
#define SYSTOLE_PASSES_TRANSFORMS_GRAPH_SUPPORTPASSES

include "passes/Transforms/Graph/GraphPass.td"

//===----------------------------------------------------------------------===//
// Operations of plugins
//===----------------------------------------------------------------------===//

def GraphDecompose : Graph_Pass<"graph-decompose"> {
  let summary = "Replace operations of other dialects by graph operations";
  let description = [{
    Each operation with the interface `DecomposableOp` (a plugin's operation)
    becomes what it decomposes into, so that every device can run it. What is built
    keeps the operation's location, and with it the source node's name.

    ```mlir
    %y = demo.scale_shift %x {scale = 2.0 : f32} : (tensor<4xf32>) -> tensor<4xf32>
    ```
    becomes, where that is how `demo.scale_shift` says itself,
    ```mlir
    %scale = graph.constant dense<2.0> : tensor<f32>
    %y = graph.mul %x, %scale : (tensor<4xf32>, tensor<f32>) -> tensor<4xf32>
    ```

    Graph operations stay:

    Before:
    ```mlir
    func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
      %y = graph.exp %x : (tensor<4xf32>) -> tensor<4xf32>
      return %y : tensor<4xf32>
    }
    ```
    After:
    ```mlir
    func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
      %y = graph.exp %x : (tensor<4xf32>) -> tensor<4xf32>
      return %y : tensor<4xf32>
    }
    ```

    **Precondition.** None.
    **Postcondition.** No operation with the interface is left, or an error names it.
    **Limits.** A decomposition holds graph operations only: it is not repeated.
  }];
  let statistics = [Statistic<"numDecomposed", "num-decomposed", "Operations replaced">];
}

//===----------------------------------------------------------------------===//
// Checks and output
//===----------------------------------------------------------------------===//

def GraphVerifyNames : Graph_Pass<"graph-verify-names"> {
  let summary = "Fail if an operation has lost its place in the source model";
  let description = [{
    Every graph operation's location must name a node of the model, or a position
    in a text file for graphs written by hand. Constants are exempt: they are
    data, and equal ones are merged.

    Before:
    ```mlir
    func.func @main(%x: tensor<2xf32>) -> tensor<2xf32> {
      %y = graph.relu %x : (tensor<2xf32>) -> tensor<2xf32> loc("act"("Relu"))
      return %y : tensor<2xf32>
    }
    ```
    After:
    ```mlir
    func.func @main(%x: tensor<2xf32>) -> tensor<2xf32> {
      %y = graph.relu %x : (tensor<2xf32>) -> tensor<2xf32> loc("act"("Relu"))
      return %y : tensor<2xf32>
    }
    ```

    **Precondition.** None.
    **Postcondition.** The module is unchanged; if the pass succeeds, every report
    can name the node it speaks of.
    **Limits.** It cannot tell a wrong name from a right one.
  }];
}

def GraphSaveIR : Graph_Pass<"graph-save-ir"> {
  let summary = "Write the module to a file";
  let description = [{
    Writes the module as text, with locations, so that `systole-opt` can go on from
    there. `--save-phases` puts one after each phase of the pipeline.

    Before:
    ```mlir
    func.func @main(%x: tensor<2xf32>) -> tensor<2xf32> {
      return %x : tensor<2xf32>
    }
    ```
    After:
    ```mlir
    func.func @main(%x: tensor<2xf32>) -> tensor<2xf32> {
      return %x : tensor<2xf32>
    }
    ```

    **Precondition.** The file's folder exists, or can be made.
    **Postcondition.** The module is unchanged. Fails if the file cannot be written.
    **Limits.** Constants larger than `elide-bytes` are elided: such a file is for
    reading, and cannot be compiled further.
  }];
  let options = [
    Option<"file", "file", "std::string", "\"-\"", "Where to write; - is standard output">,
    Option<"elideBytes", "elide-bytes", "int64_t", "-1",
           "Elide constants with more bytes than this; -1 elides none">];
}

#endif // SYSTOLE_PASSES_TRANSFORMS_GRAPH_SUPPORTPASSES
