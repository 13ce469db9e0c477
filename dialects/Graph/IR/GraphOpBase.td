//===- GraphOpBase.td - What graph operations share --------*- tablegen -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_GRAPH_OP_BASE
#define SYSTOLE_GRAPH_OP_BASE

include "dialects/Graph/IR/GraphDialect.td"
include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

//===----------------------------------------------------------------------===//
// Operand and result types
//===----------------------------------------------------------------------===//

def Graph_Float : AnyTypeOf<[F64, F32, F16, BF16, F8E4M3FN, F8E5M2, F8E4M3FNUZ,
                             F8E5M2FNUZ, F8E8M0FNU, F4E2M1FN], "floating-point type">;
def Graph_Int : AnyTypeOf<[AnySignlessInteger, AnyUnsignedInteger], "integer type">;
def Graph_Element : AnyTypeOf<[Graph_Float, Graph_Int, AnyComplex,
  Type<CPred<"::llvm::isa<::systole::graph::StringType>($_self)">, "graph string">]>;

/// Ranked, or unranked where a model makes the rank depend on data.
def Graph_Tensor : TensorOf<[Graph_Element]>;
def Graph_FloatTensor : TensorOf<[Graph_Float]>;
def Graph_NumericTensor : TensorOf<[Graph_Float, Graph_Int, AnyComplex]>;
def Graph_RealTensor : TensorOf<[Graph_Float, Graph_Int]>;
def Graph_IntTensor : TensorOf<[Graph_Int]>;
def Graph_BoolTensor : TensorOf<[I1]>;
def Graph_IndexTensor : TensorOf<[I64, I32]>;
/// A list of dimensions or coordinates: `tensor<Nxi64>`.
def Graph_ShapeTensor : TensorOf<[I64]>;

//===----------------------------------------------------------------------===//
// Traits and base classes
//===----------------------------------------------------------------------===//

/// Each result element is a function of the operand elements at the same
/// (broadcast) index: what fusion and vectorisation look for.
def Graph_Elementwise : NativeOpTrait<"Elementwise"> {
  let cppNamespace = "::systole::graph";
}

class Graph_Op<string mnemonic, list<Trait> traits = []>
    : Op<Graph_Dialect, mnemonic, traits>;

/// Checks the result types against the inferred ones, with one diagnostic that
/// names the operation.
def Graph_InferredTypes : NativeOpTrait<"InferredTypes"> {
  let cppNamespace = "::systole::graph";
}

/// An operation whose result types follow from its operands and attributes.
/// A result may be declared less precisely than inferred, never contradict it.
/// The interface's own check, which would report each mistake twice, is replaced
/// by the trait's.
class Graph_InferredOp<string mnemonic, list<Trait> traits = []>
    : Graph_Op<mnemonic, !listconcat([Pure, Graph_InferredTypes, InferTypeOpAdaptorBase<[{
        static bool isCompatibleReturnTypes(::mlir::TypeRange l, ::mlir::TypeRange r) {
          return ::systole::graph::areTypesCompatible(l, r);
        }
        static ::llvm::LogicalResult refineReturnTypes(
            ::mlir::MLIRContext *, std::optional<::mlir::Location>, ::mlir::ValueRange,
            ::mlir::DictionaryAttr, ::mlir::OpaqueProperties, ::mlir::RegionRange,
            ::llvm::SmallVectorImpl<::mlir::Type> &) {
          return ::mlir::success();
        }
      }]>], traits)>;

/// An inferred operation whose types follow `function`, a template on the
/// operation in InferUtils.h.
class Graph_InferredByOp<string mnemonic, string function, list<Trait> traits>
    : Graph_InferredOp<mnemonic, !listconcat([Graph_Elementwise], traits)> {
  let extraClassDefinition = [{
    ::llvm::LogicalResult $cppClass::inferReturnTypes(
        ::mlir::MLIRContext *, std::optional<::mlir::Location> location,
        Adaptor adaptor, ::llvm::SmallVectorImpl<::mlir::Type> &types) {
      return }] # function # [{<$cppClass>(location, adaptor, types);
    }
  }];
}

class Graph_UnaryOp<string mnemonic, Type type = Graph_FloatTensor>
    : Graph_InferredByOp<mnemonic, "inferUnary", []> {
  let arguments = (ins type:$input);
  let results = (outs type:$result);
  let assemblyFormat = "$input attr-dict `:` functional-type(operands, results)";
}

class Graph_BinaryOp<string mnemonic, Type type = Graph_NumericTensor, list<Trait> traits = []>
    : Graph_InferredByOp<mnemonic, "inferBinary", traits> {
  let arguments = (ins type:$lhs, type:$rhs);
  let results = (outs type:$result);
  let assemblyFormat = "$lhs `,` $rhs attr-dict `:` functional-type(operands, results)";
}

#endif // SYSTOLE_GRAPH_OP_BASE
