//===- GraphElementwiseOps.td - Element by element ---------*- tablegen -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_GRAPH_ELEMENTWISE_OPS
#define SYSTOLE_GRAPH_ELEMENTWISE_OPS

include "dialects/Graph/IR/GraphOpBase.td"

//===----------------------------------------------------------------------===//
// One operand
//===----------------------------------------------------------------------===//

class Graph_DocumentedUnary<string mnemonic, string formula, string remark,
                            Type type = Graph_FloatTensor, string example = "tensor<2x3xf32>">
    : Graph_UnaryOp<mnemonic, type> {
  let description = !strconcat("\n    **Semantics.** `result[i] = ", formula, "`. ", remark, [{

    **Constraints.**
    - C1: the result has the operand's shape and element type.

    **Example.**
    ```mlir
    %y = graph.}], mnemonic, " %x : (", example, ") -> ", example, [{
    ```
  }]);
}

def Graph_AbsOp : Graph_DocumentedUnary<"abs", "|input[i]|",
    "The smallest signed integer maps to itself.", Graph_RealTensor> {
  let summary = "Absolute value";
  let hasFolder = 1;
}
def Graph_NegOp : Graph_DocumentedUnary<"neg", "-input[i]", "Integers wrap.", Graph_NumericTensor> {
  let summary = "Negation";
  let hasFolder = 1;
}
def Graph_ExpOp : Graph_DocumentedUnary<"exp", "e ^ input[i]", ""> {
  let summary = "Natural exponential";
}
def Graph_LogOp : Graph_DocumentedUnary<"log", "ln(input[i])",
    "Negative inputs give NaN, zero gives minus infinity."> {
  let summary = "Natural logarithm";
}
def Graph_Expm1Op : Graph_DocumentedUnary<"expm1", "e ^ input[i] - 1", "Accurate near zero."> {
  let summary = "Natural exponential, less one";
}
def Graph_Log1pOp : Graph_DocumentedUnary<"log1p", "ln(1 + input[i])",
    "Accurate near zero. Inputs below -1 give NaN, -1 gives minus infinity."> {
  let summary = "Natural logarithm of the input plus one";
}
def Graph_SinOp : Graph_DocumentedUnary<"sin", "sin(input[i])", "Infinity gives NaN."> {
  let summary = "Sine of an angle in radians";
}
def Graph_CosOp : Graph_DocumentedUnary<"cos", "cos(input[i])", "Infinity gives NaN."> {
  let summary = "Cosine of an angle in radians";
}
def Graph_AtanOp : Graph_DocumentedUnary<"atan", "arctan(input[i])", ""> {
  let summary = "Angle in radians whose tangent is given, in [-pi/2, pi/2]";
}
def Graph_SqrtOp : Graph_DocumentedUnary<"sqrt", "sqrt(input[i])", "Negative inputs give NaN."> {
  let summary = "Square root";
}
def Graph_TanhOp : Graph_DocumentedUnary<"tanh", "tanh(input[i])", ""> {
  let summary = "Hyperbolic tangent";
}
def Graph_ErfOp : Graph_DocumentedUnary<"erf", "erf(input[i])", ""> {
  let summary = "Gauss error function";
}
def Graph_SigmoidOp : Graph_DocumentedUnary<"sigmoid", "1 / (1 + e ^ -input[i])", ""> {
  let summary = "Logistic function";
}
def Graph_FloorOp : Graph_DocumentedUnary<"floor", "floor(input[i])", ""> {
  let summary = "Largest integer not above";
  let hasFolder = 1;
}
def Graph_RoundOp : Graph_DocumentedUnary<"round", "round(input[i])", "Halves go to the even neighbour."> {
  let summary = "Nearest integer";
  let hasFolder = 1;
}
def Graph_ReluOp : Graph_DocumentedUnary<"relu", "max(input[i], 0)", "NaN stays NaN.",
                                         Graph_RealTensor> {
  let summary = "Rectified linear unit";
  let hasFolder = 1;
}
def Graph_NotOp : Graph_DocumentedUnary<"not", "~input[i]", "Each bit; of a boolean, the logical negation.",
                                        Graph_IntTensor, "tensor<2x3xi1>"> {
  let summary = "Negation of each bit";
  let hasFolder = 1;
}

def Graph_CastOp : Graph_InferredOp<"cast", [Graph_Elementwise]> {
  let summary = "Converts to another element type";
  let description = [{
    **Semantics.** `result[i]` is `input[i]` in element type `to`.
    Float to float rounds half to even, beyond the range to infinity (`f8E4M3FN`:
    NaN; `f4E2M1FN`: saturates, and NaN gives 0); float to integer drops the
    fraction and wraps modulo the width after saturating at 64 bits (from -2^63 to
    2^63 - 1, for `ui64` to 2^64 - 1), NaN gives 0; integer to integer
    wraps or extends by the source's signedness; anything to `i1` is `input != 0`.

    **Constraints.**
    - C1: the result has the operand's shape.
    - C2: the result's element type is `to`.

    **Example.**
    ```mlir
    %y = graph.cast %x to i64 : (tensor<2x3xf32>) -> tensor<2x3xi64>
    ```
  }];
  let arguments = (ins Graph_NumericTensor:$input, TypeAttr:$to);
  let results = (outs Graph_NumericTensor:$result);
  let assemblyFormat = "$input `to` $to attr-dict `:` functional-type(operands, results)";
  let hasFolder = 1;
}

def Graph_BitcastOp : Graph_InferredOp<"bitcast"> {
  let summary = "Reads the same bits as another element type";
  let description = [{
    **Semantics.** `result[i]` has the bits of `input[i]`.

    **Constraints.**
    - C1: the result has the operand's shape.
    - C2: the result's element type is `to`.
    - C3: both element types have the same number of bits; neither is `i1`.

    **Example.**
    ```mlir
    %y = graph.bitcast %x to i32 : (tensor<2x3xf32>) -> tensor<2x3xi32>
    ```
  }];
  let arguments = (ins Graph_RealTensor:$input, TypeAttr:$to);
  let results = (outs Graph_RealTensor:$result);
  let assemblyFormat = "$input `to` $to attr-dict `:` functional-type(operands, results)";
  let hasFolder = 1;
}

//===----------------------------------------------------------------------===//
// Two operands, broadcast
//===----------------------------------------------------------------------===//

class Graph_DocumentedBinary<string mnemonic, string formula, string remark,
                             Type type = Graph_NumericTensor, list<Trait> traits = [],
                             string element = "f32">
    : Graph_BinaryOp<mnemonic, type, traits> {
  let description = !strconcat("\n    **Semantics.** `result[i] = ", formula,
    "` on operands broadcast to one shape. ", remark, [{

    **Constraints.**
    - C1: the operands have the same element type, which is the result's.
    - C2: the operands' shapes broadcast; the result has the broadcast shape.

    **Example.**
    ```mlir
    %z = graph.}], mnemonic, " %x, %y : (tensor<2x3x", element, ">, tensor<3x", element,
    ">) -> tensor<2x3x", element, [{>
    ```
  }]);
}

def Graph_AddOp : Graph_DocumentedBinary<"add", "lhs[i] + rhs[i]", "", Graph_NumericTensor, [Commutative]> {
  let summary = "Sum";
  let hasFolder = 1;
}
def Graph_SubOp : Graph_DocumentedBinary<"sub", "lhs[i] - rhs[i]", ""> {
  let summary = "Difference";
  let hasFolder = 1;
}
def Graph_MulOp : Graph_DocumentedBinary<"mul", "lhs[i] * rhs[i]", "", Graph_NumericTensor, [Commutative]> {
  let summary = "Product";
  let hasFolder = 1;
}
def Graph_DivOp : Graph_DocumentedBinary<"div", "lhs[i] / rhs[i]",
    "Integers round towards zero; an integer divided by zero gives 0, the smallest one divided by -1 itself."> {
  let summary = "Quotient";
  let hasFolder = 1;
}
def Graph_PowOp : Graph_DocumentedBinary<"pow", "lhs[i] ^ rhs[i]",
    "IEEE 754 `pow` for floats: `pow(x, 0)` is 1, a negative base needs an integral exponent, else NaN. "
    "Integers multiply repeatedly and wrap; a negative integer exponent gives 0 unless the base is 1 or -1.",
    Graph_RealTensor> {
  let summary = "Power";
  let hasFolder = 1;
}
def Graph_MaxOp : Graph_DocumentedBinary<"max", "max(lhs[i], rhs[i])", "NaN where either is NaN.",
                                         Graph_RealTensor, [Commutative]> {
  let summary = "Larger element";
  let hasFolder = 1;
}
def Graph_MinOp : Graph_DocumentedBinary<"min", "min(lhs[i], rhs[i])", "NaN where either is NaN.",
                                         Graph_RealTensor, [Commutative]> {
  let summary = "Smaller element";
  let hasFolder = 1;
}
def Graph_AndOp : Graph_DocumentedBinary<"and", "lhs[i] & rhs[i]",
    "Each bit; of booleans, the logical operation.", Graph_IntTensor, [Commutative], "i1"> {
  let summary = "Conjunction of each bit";
  let hasFolder = 1;
}
def Graph_OrOp : Graph_DocumentedBinary<"or", "lhs[i] | rhs[i]",
    "Each bit; of booleans, the logical operation.", Graph_IntTensor, [Commutative], "i1"> {
  let summary = "Disjunction of each bit";
  let hasFolder = 1;
}
def Graph_XorOp : Graph_DocumentedBinary<"xor", "lhs[i] ^ rhs[i]",
    "Each bit; of booleans, the logical operation.", Graph_IntTensor, [Commutative], "i1"> {
  let summary = "Exclusive disjunction of each bit";
  let hasFolder = 1;
}
def Graph_ShiftLeftOp : Graph_DocumentedBinary<"shift_left", "lhs[i] << rhs[i]",
    "Zeros come in from the right. `rhs` is read as unsigned; a shift by the width or more gives 0.",
    Graph_IntTensor, [], "i32"> {
  let summary = "Bits moved to the left";
  let hasFolder = 1;
}
def Graph_ShiftRightOp : Graph_DocumentedBinary<"shift_right", "lhs[i] >> rhs[i]",
    "Copies of the sign come in from the left, zeros where the type is unsigned. `rhs` is read as "
    "unsigned; a shift by the width or more leaves only what came in.",
    Graph_IntTensor, [], "i32"> {
  let summary = "Bits moved to the right";
  let hasFolder = 1;
}

def Graph_CompareOp : Graph_InferredOp<"compare", [Graph_Elementwise]> {
  let summary = "Compares element by element";
  let description = [{
    **Semantics.** `result[i] = lhs[i] PREDICATE rhs[i]` on operands broadcast to
    one shape. Any comparison with NaN is false, except `ne`.

    **Constraints.**
    - C1: the operands have the same element type.
    - C2: the operands' shapes broadcast; the result has the broadcast shape.
    - C3: the result's element type is `i1`.

    **Example.**
    ```mlir
    %z = graph.compare lt, %x, %y : (tensor<2x3xf32>, tensor<3xf32>) -> tensor<2x3xi1>
    ```
  }];
  let arguments = (ins Graph_CompareAttr:$predicate, Graph_RealTensor:$lhs, Graph_RealTensor:$rhs);
  let results = (outs Graph_BoolTensor:$result);
  let assemblyFormat = "$predicate `,` $lhs `,` $rhs attr-dict `:` functional-type(operands, results)";
  let hasFolder = 1;
}

def Graph_SelectOp : Graph_InferredOp<"select", [Graph_Elementwise]> {
  let summary = "Chooses between two tensors element by element";
  let description = [{
    **Semantics.** `result[i] = condition[i] ? onTrue[i] : onFalse[i]` on operands
    broadcast to one shape.

    **Constraints.**
    - C1: `onTrue` and `onFalse` have the same element type, which is the result's.
    - C2: the three shapes broadcast; the result has the broadcast shape.

    **Example.**
    ```mlir
    %z = graph.select %c, %x, %y : (tensor<2x3xi1>, tensor<2x3xf32>, tensor<f32>) -> tensor<2x3xf32>
    ```
  }];
  let arguments = (ins Graph_BoolTensor:$condition, Graph_Tensor:$onTrue, Graph_Tensor:$onFalse);
  let results = (outs Graph_Tensor:$result);
  let assemblyFormat = "$condition `,` $onTrue `,` $onFalse attr-dict `:` functional-type(operands, results)";
  let hasFolder = 1;
}

#endif // SYSTOLE_GRAPH_ELEMENTWISE_OPS
