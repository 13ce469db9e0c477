//===- GraphStringOps.td - Operations on strings -----------*- tablegen -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_GRAPH_STRING_OPS
#define SYSTOLE_GRAPH_STRING_OPS

include "dialects/Graph/IR/GraphOpBase.td"

/// Strings as elements. Operations that only move elements take them as any.
def Graph_StringTensor : TensorOf<[
  Type<CPred<"::llvm::isa<::systole::graph::StringType>($_self)">, "graph string">]>;

def Graph_StringEqualOp : Graph_InferredOp<"string_equal", [Commutative]> {
  let summary = "Whether strings have the same bytes";
  let description = [{
    **Semantics.** `result[i] = lhs[i] == rhs[i]`, broadcast.

    **Constraints.**
    - C1: the result holds booleans and has the shape that the operands broadcast to.

    **Example.**
    ```mlir
    %c = graph.string_equal %a, %b : (tensor<2x3x!graph.string>, tensor<!graph.string>) -> tensor<2x3xi1>
    ```
  }];
  let arguments = (ins Graph_StringTensor:$lhs, Graph_StringTensor:$rhs);
  let results = (outs Graph_BoolTensor:$result);
  let assemblyFormat = "$lhs `,` $rhs attr-dict `:` functional-type(operands, results)";
}

def Graph_StringConcatOp : Graph_InferredOp<"string_concat"> {
  let summary = "Strings one after the other";
  let description = [{
    **Semantics.** `result[i]` is the bytes of `lhs[i]` and then those of `rhs[i]`,
    broadcast.

    **Constraints.**
    - C1: the result has the shape that the operands broadcast to.

    **Example.**
    ```mlir
    %c = graph.string_concat %a, %b : (tensor<3x!graph.string>, tensor<1x!graph.string>) -> tensor<3x!graph.string>
    ```
  }];
  let arguments = (ins Graph_StringTensor:$lhs, Graph_StringTensor:$rhs);
  let results = (outs Graph_StringTensor:$result);
  let assemblyFormat = "$lhs `,` $rhs attr-dict `:` functional-type(operands, results)";
}

def Graph_StringCaseOp : Graph_InferredOp<"string_case"> {
  let summary = "Strings in small or capital letters";
  let description = [{
    **Semantics.** Each letter of each string becomes the small one, with `upper`
    the capital one. Strings are UTF-8; letters are those of ASCII, and those whose
    two forms both take two bytes: of the Latin-1 and Latin Extended-A blocks, Greek
    and Cyrillic. All other bytes stay as they are.

    **Constraints.**
    - C1: the result has the operand's shape.

    **Example.**
    ```mlir
    %y = graph.string_case %x {upper} : (tensor<3x!graph.string>) -> tensor<3x!graph.string>
    ```
  }];
  let arguments = (ins Graph_StringTensor:$input, UnitAttr:$upper);
  let results = (outs Graph_StringTensor:$result);
  let assemblyFormat = "$input attr-dict `:` functional-type(operands, results)";
}

def Graph_StringFieldCountOp : Graph_InferredOp<"string_field_count"> {
  let summary = "How many fields strings split into";
  let description = [{
    **Semantics.** `result[i]` is the number of fields of `input[i]`, as
    `graph.string_field` defines them.

    **Constraints.**
    - C1: the result has the operand's shape and element type `i64`.
    - C2: `limit`, if given, is not negative.

    **Example.**
    ```mlir
    %n = graph.string_field_count %x {delimiter = ","} : (tensor<3x!graph.string>) -> tensor<3xi64>
    ```
  }];
  let arguments = (ins Graph_StringTensor:$input, StrAttr:$delimiter,
                       OptionalAttr<I64Attr>:$limit);
  let results = (outs Graph_IndexTensor:$result);
  let assemblyFormat = "$input attr-dict `:` functional-type(operands, results)";
}

def Graph_StringFieldOp : Graph_InferredOp<"string_field"> {
  let summary = "One field of each string";
  let description = [{
    **Semantics.** `result[i]` is field `index[i]` of `input[i]`, broadcast; the empty
    string where there is no such field. The fields of a string are what lies
    between occurrences of `delimiter`, found from the left; a string without any is
    one field. Where `delimiter` is empty, fields are separated by runs of white
    space (spaces and the control characters from tab to carriage return), and there
    are no empty ones: white space at the ends separates nothing. With `limit`, at
    most so many separators are looked for: the last field keeps the others.

    **Constraints.**
    - C1: `index` holds `i64`.
    - C2: the result has the shape that the operands broadcast to.
    - C3: `limit`, if given, is not negative.

    **Example.**
    ```mlir
    %f = graph.string_field %x, %i {delimiter = ","} : (tensor<3x1x!graph.string>, tensor<4xi64>) -> tensor<3x4x!graph.string>
    ```
  }];
  let arguments = (ins Graph_StringTensor:$input, Graph_ShapeTensor:$index,
                       StrAttr:$delimiter, OptionalAttr<I64Attr>:$limit);
  let results = (outs Graph_StringTensor:$result);
  let assemblyFormat = "$input `,` $index attr-dict `:` functional-type(operands, results)";
}

def Graph_StringMatchOp : Graph_InferredOp<"string_match"> {
  let summary = "Whether strings match a pattern as a whole";
  let description = [{
    **Semantics.** `result[i]` is true if all of `input[i]` matches `pattern`, a
    regular expression: characters, `.`, classes `[a-z]`, `\d \w \s` and their
    opposites, escapes, groups, alternatives, and the repetitions `* + ?` and `{m,n}`,
    with or without a `?` after them; `^` and `$` at the ends. Characters are code
    points of UTF-8. `.` is all of them but the line feed.

    **Constraints.**
    - C1: the result has the operand's shape and holds booleans.
    - C2: `pattern` is a regular expression of this kind, whose automaton has at most
      4096 states.

    **Example.**
    ```mlir
    %m = graph.string_match %x {pattern = "[a-z]+@[a-z]+"} : (tensor<3x!graph.string>) -> tensor<3xi1>
    ```
  }];
  let arguments = (ins Graph_StringTensor:$input, StrAttr:$pattern);
  let results = (outs Graph_BoolTensor:$result);
  let assemblyFormat = "$input attr-dict `:` functional-type(operands, results)";
}

#endif // SYSTOLE_GRAPH_STRING_OPS
