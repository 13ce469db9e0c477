//===- ObjectHeader.cpp - The C header beside an object file --------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The header stands alone: it repeats the few structures of runtime/src/abi.h
// that a caller needs, guarded so that several models' headers can meet, and
// wraps each entry in a function with one parameter for each tensor.
//
//===----------------------------------------------------------------------===//

#include "backends/Cpu/Codegen.h"
#include "runtime/src/abi.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"

using namespace mlir;
using namespace systole;
using namespace systole::cpu;

static const char kSharedPart[] = R"(#include <stdint.h>

#ifndef SYSTOLE_OBJECT_ABI
#define SYSTOLE_OBJECT_ABI 1
#ifdef __cplusplus
extern "C" {
#endif
typedef void (*systole_task_fn)(void *closure, int64_t begin, int64_t end);
/* Runs task over disjoint ranges that cover [0, count) and returns when all are
   done. `cost` estimates the scalar operations of one iteration. */
typedef struct systole_executor {
  void *context;
  void (*parallel_for)(void *context, systole_task_fn task, void *closure, int64_t count,
                       int64_t cost);
} systole_executor;
typedef struct systole_argument {
  void *data;
  int64_t capacity;
  int64_t *dims;
} systole_argument;
typedef struct systole_frame {
  uint64_t size;
  void *arena;
  int64_t arena_bytes;
  const void *weights;
  void *state;
  const systole_executor *executor;
  systole_argument *inputs;
  systole_argument *outputs;
  int64_t arena_needed;
  int64_t message;
  int64_t detail[4];
  int64_t arena_top;
} systole_frame;
#ifdef __cplusplus
}
#endif
/* What a model's functions return. */
#define SYSTOLE_OK 0
#define SYSTOLE_ARENA_TOO_SMALL 1 /* try a larger arena */
#define SYSTOLE_CHECK_FAILED 2    /* the input does not suit the model */
#endif /* SYSTOLE_OBJECT_ABI */
)";

/// The C type of a storage element.
static llvm::StringRef cType(uint32_t dtype) {
  switch (dtype) {
  case SYSTOLE_DTYPE_F32:
    return "float";
  case SYSTOLE_DTYPE_F64:
    return "double";
  case SYSTOLE_DTYPE_I16:
    return "int16_t";
  case SYSTOLE_DTYPE_I32:
    return "int32_t";
  case SYSTOLE_DTYPE_I64:
    return "int64_t";
  case SYSTOLE_DTYPE_U16:
  case SYSTOLE_DTYPE_F16:
  case SYSTOLE_DTYPE_BF16:
    return "uint16_t";
  case SYSTOLE_DTYPE_U32:
    return "uint32_t";
  case SYSTOLE_DTYPE_U64:
    return "uint64_t";
  case SYSTOLE_DTYPE_I8:
  case SYSTOLE_DTYPE_I4:
  case SYSTOLE_DTYPE_I2:
    return "int8_t";
  default:
    return "uint8_t";
  }
}

/// Unique C identifiers for tensors.
static std::vector<std::string> parameterNames(ArrayRef<std::string> names,
                                               llvm::StringRef prefix,
                                               llvm::StringSet<> &taken) {
  std::vector<std::string> result;
  for (const std::string &name : names) {
    std::string base = prefix.str();
    for (char letter : name)
      base += llvm::isAlnum(letter) ? letter : '_';
    std::string unique = base;
    for (int k = 1; !taken.insert(unique).second; ++k)
      unique = base + "_" + std::to_string(k);
    result.push_back(unique);
  }
  return result;
}

namespace {
/// One entry's part of the header.
struct EntryHeader {
  llvm::raw_ostream &os;
  EntryDescription entry;
  std::string name;
  /// In capitals, before STATE_BYTES; empty: the model has no variables.
  std::string statePrefix;
  llvm::StringSet<> taken;

  void tensors(bool outputs, ArrayRef<std::string> parameters, TypeRange types,
               bool comment);
  void assign(llvm::StringRef array, ArrayRef<std::string> parameters,
              TypeRange types, bool outputs);
  void arenaBytes();
  void arenaSize(ArrayRef<std::string> inputs);
  void about();
  /// True for what needs neither memory nor threads: filling a state, mostly.
  bool isPlain() {
    return entry.arenaIsExact && entry.arenaBytes == 0 &&
           entry.graph.getNumArguments() + entry.graph.getNumResults() == 0;
  }
  void write(bool hasWeightsArgument, llvm::StringRef weightsSymbol);
};
} // namespace

/// Parameters, or the comment that gives their shapes.
void EntryHeader::tensors(bool outputs, ArrayRef<std::string> parameters,
                          TypeRange types, bool comment) {
  for (auto [parameter, type] : llvm::zip_equal(parameters, types)) {
    auto tensor = cast<RankedTensorType>(type);
    llvm::StringRef element = cType(dtypeOf(tensor.getElementType()));
    if (comment) {
      os << "     " << parameter << ": " << element << "[";
      llvm::interleave(
          tensor.getShape(), os,
          [&](int64_t size) {
            if (ShapedType::isDynamic(size))
              os << "?";
            else
              os << size;
          },
          "][");
      os << "]" << (outputs ? " (written)" : "") << "\n";
      continue;
    }
    os << (outputs ? "" : "const ") << element << " *" << parameter << ", ";
    if (outputs && !tensor.hasStaticShape())
      os << "int64_t " << parameter << "_capacity, ";
    if (!tensor.hasStaticShape())
      os << (outputs ? "" : "const ") << "int64_t *" << parameter << "_dims, ";
  }
}

void EntryHeader::assign(llvm::StringRef array,
                         ArrayRef<std::string> parameters, TypeRange types,
                         bool outputs) {
  for (auto [i, type] : llvm::enumerate(types)) {
    auto tensor = cast<RankedTensorType>(type);
    const std::string &parameter = parameters[i];
    bool isStatic = tensor.hasStaticShape();
    os << "  " << array << "[" << i << "].data = (void *)" << parameter
       << ";\n";
    os << "  " << array << "[" << i << "].capacity = ";
    if (outputs && !isStatic)
      os << parameter << "_capacity;\n";
    else
      os << (outputs ? "INT64_MAX" : "0") << ";\n";
    os << "  " << array << "[" << i << "].dims = ";
    if (isStatic)
      os << "unused_dims;\n";
    else
      os << "(int64_t *)" << parameter << "_dims;\n";
  }
}

/// The constant that a static program needs, or a dynamic one begins with.
void EntryHeader::arenaBytes() {
  os << "/* Bytes of `arena`";
  if (!entry.arenaIsExact)
    os << " to begin with; "
       << (entry.arenaSizeSymbol.empty()
               ? "what results need depends on the inputs' values:\n   "
               : "how many suffice is told by " + name +
                     "_arena_size below. If they do not,\n   ")
       << "SYSTOLE_ARENA_TOO_SMALL stores a size to try in *arena_needed";
  os << ". */\n#define " << llvm::StringRef(name).upper() << "_ARENA_BYTES "
     << entry.arenaBytes << "\n\n";
}

/// The function that computes the arena's size before the first call.
void EntryHeader::arenaSize(ArrayRef<std::string> inputs) {
  TypeRange types = entry.graph.getArgumentTypes();
  os << "extern int32_t " << entry.arenaSizeSymbol
     << "(systole_frame *frame);\n\n"
        "/* Bytes of `arena` with which inputs of these dimensions are sure to "
        "run; -1:\n   the model refuses the dimensions. */\n"
        "static inline int64_t "
     << name << "_arena_size(";
  llvm::ListSeparator comma;
  for (auto [parameter, type] : llvm::zip_equal(inputs, types))
    if (!cast<RankedTensorType>(type).hasStaticShape())
      os << comma << "const int64_t *" << parameter << "_dims";
  os << ") {\n  systole_argument inputs[" << inputs.size()
     << "];\n  systole_frame frame;\n";
  for (auto [i, parameter] : llvm::enumerate(inputs))
    if (!cast<RankedTensorType>(types[i]).hasStaticShape())
      os << "  inputs[" << i << "].dims = (int64_t *)" << parameter
         << "_dims;\n";
  os << "  frame.inputs = inputs;\n  frame.arena_bytes = INT64_MAX;\n"
        "  frame.arena_needed = frame.arena_top = 0;\n  return "
     << entry.arenaSizeSymbol
     << "(&frame) == SYSTOLE_OK ? frame.arena_needed : -1;\n}\n\n";
}

void EntryHeader::write(bool hasWeightsArgument,
                        llvm::StringRef weightsSymbol) {
  func::FuncOp graph = entry.graph;
  // A tensor may be called like another parameter, or a variable below.
  for (llvm::StringRef name :
       {"weights", "state", "arena", "arena_bytes", "executor", "arena_needed",
        "unused_dims", "inputs", "outputs", "frame", "status"})
    taken.insert(name);
  auto inputs = parameterNames(tensorNames(graph, false), "", taken);
  auto outputs = parameterNames(tensorNames(graph, true), "", taken);
  // Where the dimensions of tensors of static shape go.
  int64_t unusedDims = 0;
  for (Type type : llvm::concat<const Type>(graph.getArgumentTypes(),
                                            graph.getResultTypes()))
    if (auto tensor = cast<RankedTensorType>(type); tensor.hasStaticShape())
      unusedDims = std::max({unusedDims, tensor.getRank(), int64_t(1)});
  os << "\nextern int32_t " << entry.symbol << "(systole_frame *frame);\n\n";
  if (!isPlain())
    arenaBytes();
  if (!entry.arenaSizeSymbol.empty())
    arenaSize(inputs);
  os << "/* " << graph.getName() << ":\n";
  tensors(false, inputs, graph.getArgumentTypes(), true);
  tensors(true, outputs, graph.getResultTypes(), true);
  about();
  os << "static inline int32_t " << name << "(";
  tensors(false, inputs, graph.getArgumentTypes(), false);
  tensors(true, outputs, graph.getResultTypes(), false);
  if (hasWeightsArgument)
    os << "const void *weights, ";
  if (!statePrefix.empty())
    os << "void *state" << (isPlain() ? "" : ", ");
  if (!isPlain())
    os << "void *arena, int64_t arena_bytes, const systole_executor *executor";
  os << (entry.arenaIsExact ? ") {\n" : ", int64_t *arena_needed) {\n");
  if (unusedDims)
    os << "  int64_t unused_dims[" << unusedDims << "];\n";
  os << "  systole_argument inputs[" << std::max(1u, graph.getNumArguments())
     << "], outputs[" << std::max(1u, graph.getNumResults())
     << "];\n  systole_frame frame;\n  int32_t status;\n";
  assign("inputs", inputs, graph.getArgumentTypes(), false);
  assign("outputs", outputs, graph.getResultTypes(), true);
  os << "  frame.size = sizeof frame;\n  frame.arena = "
     << (isPlain() ? "0" : "arena")
     << ";\n  frame.arena_bytes = " << (isPlain() ? "0" : "arena_bytes")
     << ";\n  frame.state = " << (statePrefix.empty() ? "0" : "state")
     << ";\n  frame.arena_needed = frame.message = frame.arena_top = 0;\n"
     << "  frame.weights = " << (hasWeightsArgument ? "weights" : weightsSymbol)
     << ";\n  frame.executor = " << (isPlain() ? "0" : "executor")
     << ";\n  frame.inputs = inputs;\n  frame.outputs = outputs;\n"
     << "  status = " << entry.symbol << "(&frame);\n";
  if (!entry.arenaIsExact)
    os << "  if (arena_needed)\n    *arena_needed = frame.arena_needed;\n";
  os << "  return status;\n}\n";
}

/// What the comment says of the parameters that are no tensors.
void EntryHeader::about() {
  if (!isPlain())
    os << "   `arena`: scratch memory, aligned to " << SYSTOLE_ALIGNMENT
       << " bytes; nothing in it need survive a call.\n"
          "   `executor`: shares work between threads; null: this thread "
          "alone.\n";
  if (!statePrefix.empty())
    os << "   `state`: " << statePrefix
       << "STATE_BYTES of the caller, aligned to " << SYSTOLE_ALIGNMENT
       << " bytes: the model's\n   variables. A call that fails leaves them as "
          "they were.\n";
  os << "   Returns SYSTOLE_OK or another status above; keeps no "
     << (statePrefix.empty() ? "state" : "other state") << ". */\n";
}

/// The state's size, and the functions that fill one.
static void writeState(llvm::raw_ostream &os, const ModelDescription &model,
                       llvm::StringRef prefix, bool inFile,
                       llvm::StringRef weightsSymbol) {
  std::string capitals = prefix.upper() + "_";
  os << "\n/* The model's variables are memory of the caller, one block for "
        "each stream of\n   calls: "
     << capitals << "STATE_BYTES bytes, aligned to " << SYSTOLE_ALIGNMENT
     << ", filled by\n   " << prefix
     << "_state_begin before the first call. All functions below may share "
        "it. */\n#define "
     << capitals << "STATE_BYTES " << model.stateBytes
     << "\nstatic inline int64_t " << prefix << "_state_size(void) {\n  return "
     << capitals << "STATE_BYTES;\n}\n";
  EntryHeader{
      os, *model.stateBegin, (prefix + "_state_begin").str(), capitals, {}}
      .write(inFile, weightsSymbol);
  if (model.stateBeginSample)
    EntryHeader{os,
                *model.stateBeginSample,
                (prefix + "_state_begin_sample").str(),
                capitals,
                {}}
        .write(inFile, weightsSymbol);
}

std::string systole::cpu::makeHeader(const ModelDescription &model,
                                     const CompileOptions &options) {
  std::string text;
  llvm::raw_string_ostream os(text);
  std::string prefix =
      model.symbol.substr(0, model.symbol.size() - strlen("_model"));
  std::string guard = llvm::StringRef(prefix).upper() + "_H";
  os << "/* Made by systole " SYSTOLE_VERSION " from " << options.modelName
     << ". */\n#ifndef " << guard << "\n#define " << guard << "\n\n"
     << kSharedPart << "\n#ifdef __cplusplus\nextern \"C\" {\n#endif\n";
  bool inFile = !model.weightsFile.empty();
  if (inFile)
    os << "\n/* `weights` below: the " << model.weights.totalBytes()
       << " bytes of " << model.weightsFile << ", aligned to "
       << SYSTOLE_ALIGNMENT << " bytes. */\n";
  else if (!model.weights.empty())
    os << "\nextern const char " << prefix << "_weights[];\n";
  std::string weightsSymbol = model.weights.empty() ? "0" : prefix + "_weights";
  if (model.stateBegin)
    writeState(os, model, prefix, inFile, weightsSymbol);
  std::string statePrefix =
      model.stateBegin ? llvm::StringRef(prefix).upper() + "_" : "";
  for (const EntryDescription &entry : model.entries) {
    std::string name =
        model.entries.size() == 1
            ? prefix + "_run"
            : entry.symbol.substr(0, entry.symbol.size() - strlen("_entry"));
    EntryHeader{os, entry, name, statePrefix, {}}.write(inFile, weightsSymbol);
  }
  os << "\n#ifdef __cplusplus\n}\n#endif\n#endif /* " << guard << " */\n";
  return text;
}
