//===- GraphDialect.td - The graph dialect -----------------*- tablegen -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_GRAPH_DIALECT
#define SYSTOLE_GRAPH_DIALECT

include "mlir/IR/OpBase.td"
include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/EnumAttr.td"

def Graph_Dialect : Dialect {
  let name = "graph";
  let summary = "Neural-network graphs on tensor values";
  let description = [{
    What every importer emits and every optimisation rewrites: operations with
    numpy-like and ONNX-like semantics on tensor values of static or dynamic
    shape. The dialect is a compact core, not a mirror of one file format:
    importers decompose what is composite.

    **Shapes.** A value is a ranked tensor, some of whose dimensions may be
    unknown (`?`), or, where a model makes the rank depend on data, an unranked
    tensor. No tensor has more than 2^62 elements, empty dimensions not counted.
    Dimensions, axes and shape operands are `i64`. Negative axes are resolved by
    the importer: an axis attribute is always in `[0, rank)`.

    **Element types.** Floating point `f64 f32 f16 bf16`, `f8E4M3FN f8E5M2
    f8E4M3FNUZ f8E5M2FNUZ f8E8M0FNU`, `f4E2M1FN`; signed integers `i64 i32 i16 i8 i4 i2`
    (signless in MLIR's terms, read as signed); unsigned integers `ui64 ... ui2`;
    booleans `i1`; complex numbers; `!graph.string`. Integer arithmetic wraps.

    **Broadcasting** is numpy's: shapes are aligned at the last dimension, and a
    dimension of 1, or a missing one, stretches to the other operand's.

    **Names.** The location of an operation carries the name of the source node,
    so that errors, reports and profiles speak of the user's model. A function that
    users can call is marked `graph.entry`; its arguments and results carry
    `graph.name`, a string, and may carry `graph.dim_names`, a list with a string
    for each dimension (`""` where there is none). The module may carry
    `graph.format`, `graph.producer` and `graph.model_name`, strings.

    **State.** Values are immutable; what a model remembers is in variables
    (`graph.variable`), which all functions of a module share. A function marked
    `graph.initializer` takes and gives nothing: it runs once when a state begins.

    **Constraints** are numbered for each operation (`conv-C3`). The verifier's
    check, and a test called after it (`@conv_c3`), carry the number.
  }];
  let cppNamespace = "::systole::graph";
  let useDefaultTypePrinterParser = 1;
  let useDefaultAttributePrinterParser = 1;
  let hasConstantMaterializer = 1;
  let hasOperationAttrVerify = 1;
  let hasRegionArgAttrVerify = 1;
  let hasRegionResultAttrVerify = 1;
  let dependentDialects = ["::mlir::func::FuncDialect"];
}

//===----------------------------------------------------------------------===//
// Types
//===----------------------------------------------------------------------===//

class Graph_Type<string name, string typeMnemonic, list<Trait> traits = []>
    : TypeDef<Graph_Dialect, name, traits> {
  let mnemonic = typeMnemonic;
}

def Graph_StringType : Graph_Type<"String", "string"> {
  let summary = "An element type: a string of bytes of any length";
}

def Graph_SequenceType : Graph_Type<"Sequence", "sequence"> {
  let summary = "A list of values of one type, of any length";
  let parameters = (ins "::mlir::Type":$elementType);
  let assemblyFormat = "`<` $elementType `>`";
}

def Graph_OptionalType : Graph_Type<"Optional", "optional"> {
  let summary = "A value that may be absent";
  let parameters = (ins "::mlir::Type":$elementType);
  let assemblyFormat = "`<` $elementType `>`";
}

//===----------------------------------------------------------------------===//
// Attributes
//===----------------------------------------------------------------------===//

def Graph_LayoutAttr : AttrDef<Graph_Dialect, "Layout"> {
  let mnemonic = "layout";
  let summary = "The order of a tensor's batch, channel and spatial dimensions";
  let description = [{
    One letter or digit for each dimension, outermost first. For activations:
    `n` batch, `c` channels, digits `0`, `1`, ... the spatial dimensions. For
    convolution filters: `o` output channels, `i` input channels (of one group),
    digits the kernel's dimensions. `#graph.layout<"nc01">` is NCHW,
    `#graph.layout<"n01c">` NHWC, `#graph.layout<"01io">` HWIO.
  }];
  let parameters = (ins StringRefParameter<"dimension letters">:$dims);
  let assemblyFormat = "`<` $dims `>`";
  let genVerifyDecl = 1;
  let extraClassDeclaration = [{
    /// Position of the dimension called `letter`, or -1.
    int64_t find(char letter) const {
      auto pos = getDims().find(letter);
      return pos == ::llvm::StringRef::npos ? -1 : static_cast<int64_t>(pos);
    }
    int64_t rank() const { return getDims().size(); }
    int64_t numSpatial() const { return rank() - 2; }
    int64_t spatial(int64_t i) const { return find(static_cast<char>('0' + i)); }
    int64_t batch() const { return find('n'); }
    int64_t channel() const { return find('c'); }
    int64_t outputChannel() const { return find('o'); }
    int64_t inputChannel() const { return find('i'); }
    /// NCHW and OIHW with `numSpatial` spatial dimensions.
    static LayoutAttr channelsFirst(::mlir::MLIRContext *context, int64_t numSpatial);
    static LayoutAttr filterChannelsFirst(::mlir::MLIRContext *context, int64_t numSpatial);
    /// NHWC and HWIO with `numSpatial` spatial dimensions.
    static LayoutAttr channelsLast(::mlir::MLIRContext *context, int64_t numSpatial);
    static LayoutAttr filterChannelsLast(::mlir::MLIRContext *context, int64_t numSpatial);
  }];
}

class Graph_Enum<string name, string description, list<I32EnumAttrCase> cases>
    : I32EnumAttr<name, description, cases> {
  let cppNamespace = "::systole::graph";
  let genSpecializedAttr = 0;
}

def Graph_CompareEnum : Graph_Enum<"ComparePredicate", "how two elements are compared", [
  I32EnumAttrCase<"eq", 0>, I32EnumAttrCase<"ne", 1>, I32EnumAttrCase<"lt", 2>,
  I32EnumAttrCase<"le", 3>, I32EnumAttrCase<"gt", 4>, I32EnumAttrCase<"ge", 5>]>;
def Graph_CompareAttr : EnumAttr<Graph_Dialect, Graph_CompareEnum, "compare_predicate">;

def Graph_ReduceEnum : Graph_Enum<"ReduceKind", "how elements are combined", [
  I32EnumAttrCase<"sum", 0>, I32EnumAttrCase<"mean", 1>, I32EnumAttrCase<"max", 2>,
  I32EnumAttrCase<"min", 3>, I32EnumAttrCase<"prod", 4>]>;
def Graph_ReduceAttr : EnumAttr<Graph_Dialect, Graph_ReduceEnum, "reduce_kind">;

def Graph_ScatterEnum : Graph_Enum<"ScatterKind", "how an update meets an element", [
  I32EnumAttrCase<"replace", 0>, I32EnumAttrCase<"add", 1>, I32EnumAttrCase<"mul", 2>,
  I32EnumAttrCase<"max", 3>, I32EnumAttrCase<"min", 4>]>;
def Graph_ScatterAttr : EnumAttr<Graph_Dialect, Graph_ScatterEnum, "scatter_kind">;

def Graph_PadModeEnum : Graph_Enum<"PadMode", "what padding holds", [
  I32EnumAttrCase<"constant", 0>, I32EnumAttrCase<"reflect", 1>, I32EnumAttrCase<"edge", 2>,
  I32EnumAttrCase<"wrap", 3>]>;
def Graph_PadModeAttr : EnumAttr<Graph_Dialect, Graph_PadModeEnum, "pad_mode">;

def Graph_AutoPadEnum : Graph_Enum<"AutoPad", "who chooses a window's padding", [
  I32EnumAttrCase<"explicit_pads", 0, "explicit">, I32EnumAttrCase<"same_upper", 1>,
  I32EnumAttrCase<"same_lower", 2>]>;
def Graph_AutoPadAttr : EnumAttr<Graph_Dialect, Graph_AutoPadEnum, "auto_pad"> {
  let assemblyFormat = "`<` $value `>`";
}

#endif // SYSTOLE_GRAPH_DIALECT
