//===- InputShapes.cpp - What the inputs' files say of a model-------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Only looks: whatever is wrong with a file is reported when it is bound.
//
//===----------------------------------------------------------------------===//

#include "tools/systole/InputShapes.h"
#include "dialects/Graph/IR/NodeLocation.h"
#include "frontend/Common/ImportForRun.h"
#include "runtime/src/npy.h"
#include "tools/systole/Model.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"

using namespace llvm;
using namespace systole;
using namespace systole::driver;

/// The shape that a .npy file declares, or nullopt.
static std::optional<SmallVector<int64_t>>
shapeOfFile(const std::string &path) {
  auto buffer = MemoryBuffer::getFile(path, /*IsText=*/false,
                                      /*RequiresNullTerminator=*/false);
  if (!buffer)
    return std::nullopt;
  StringRef bytes = (*buffer)->getBuffer();
  rt::NpyHeader header;
  if (!rt::isNpy(bytes.data(), bytes.size()))
    return std::nullopt;
  if (rt::parseNpyHeader(path.c_str(), bytes.data(), bytes.size(), header)
          .failed())
    return std::nullopt;
  return SmallVector<int64_t>(header.dims, header.dims + header.rank);
}

/// The input and file of "NAME=FILE"; -1 if there is none.
static int64_t findInput(const systole_entry_info &entry,
                         const std::string &spec, std::string &file) {
  for (size_t at = spec.rfind('='); at != std::string::npos && at > 0;
       at = spec.rfind('=', at - 1)) {
    int64_t index =
        rt::findTensor(entry.inputs, entry.num_inputs,
                       rt::Text(spec.data(), static_cast<int64_t>(at)));
    file = spec.substr(at + 1);
    if (index >= 0)
      return index;
  }
  file = spec;
  return entry.num_inputs == 1 ? 0 : -1;
}

/// Removes the axis of --each if there is one: certain where the declared rank
/// is known, assumed where it is not.
static bool dropEntryAxis(const frontend::TensorSummary &input,
                          SmallVector<int64_t> &shape) {
  bool extra =
      input.ranked ? shape.size() == input.dims.size() + 1 : !shape.empty();
  if (extra)
    shape.erase(shape.begin());
  return !input.ranked || shape.size() == input.dims.size();
}

/// Types that parameters have; null for all others.
static mlir::Type parameterType(mlir::MLIRContext *context, StringRef dtype) {
  mlir::Builder b(context);
  return StringSwitch<mlir::Type>(dtype)
      .Case("bool", b.getI1Type())
      .Case("int32", b.getI32Type())
      .Case("int64", b.getI64Type())
      .Case("float16", b.getF16Type())
      .Case("float32", b.getF32Type())
      .Case("float64", b.getF64Type())
      .Default(nullptr);
}

/// The value in a file, or null where it is no parameter. What is wrong with
/// the file is told when it is bound.
static graph::Tensor valueOfFile(mlir::MLIRContext *context,
                                 const frontend::TensorSummary &input,
                                 ArrayRef<int64_t> shape,
                                 const std::string &path) {
  mlir::Type type = parameterType(context, input.dtype);
  if (!type || !frontend::mayBeParameter(shape))
    return {};
  rt::OwnedTensor loaded;
  rt::FileSubject subject{"", "", path.c_str()};
  if (rt::loadTensor(subject, runtimeType(type), shape.size(), loaded).failed())
    return {};
  graph::Tensor value(type, shape);
  if (loaded.bytes != value.byteSize())
    return {};
  if (value.size())
    std::memcpy(value.data(), loaded.data, value.byteSize());
  return value;
}

/// What a file says of an input; nothing if it cannot be read.
static std::optional<frontend::GivenInput>
inputOfFile(mlir::MLIRContext *context, const frontend::TensorSummary &input,
            const std::string &name, const std::string &file, bool each) {
  std::optional<SmallVector<int64_t>> shape = shapeOfFile(file);
  if (!shape)
    return std::nullopt;
  size_t rank = shape->size();
  if (each && !dropEntryAxis(input, *shape))
    return std::nullopt;
  frontend::GivenInput at{name, *shape, {}};
  // A file of entries has another value in each.
  if (rank == shape->size())
    at.value = valueOfFile(context, input, *shape, file);
  return at;
}

/// The folder of a sequence: how many elements it has, then each of them.
static void addElements(mlir::MLIRContext *context,
                        const frontend::TensorSummary &input,
                        const std::string &folder,
                        std::vector<frontend::GivenInput> &given) {
  size_t place = given.size();
  given.push_back({input.name, {}, {}, 0});
  for (int64_t i = 0;; ++i) {
    std::string file = folder + "/" + std::to_string(i) + ".npy";
    if (!sys::fs::exists(file))
      return;
    given[place].length = i + 1;
    if (auto at = inputOfFile(context, input, graph::elementName(input.name, i),
                              file, /*each=*/false))
      given.push_back(std::move(*at));
  }
}

/// What the files say of `inputs`.
static std::vector<frontend::GivenInput>
inputsOfFiles(mlir::MLIRContext *context,
              ArrayRef<frontend::TensorSummary> inputs, const RunFiles &files) {
  EntrySignature signature("model");
  for (const frontend::TensorSummary &input : inputs)
    signature.addInput(input.name, input.name, SYSTOLE_DTYPE_INVALID, {});
  std::vector<frontend::GivenInput> given;
  for (const std::string &spec : files.inputs) {
    std::string file;
    int64_t index = findInput(signature.get(), spec, file);
    if (index < 0)
      continue;
    const frontend::TensorSummary &input = inputs[index];
    if (StringRef(input.container).ends_with("sequence")) {
      addElements(context, input, file, given);
      continue;
    }
    if (auto at = inputOfFile(context, input, input.name, file, files.each)) {
      if (!input.container.empty())
        at->length = 1;
      given.push_back(std::move(*at));
    }
  }
  // An optional without a file holds nothing.
  for (const frontend::TensorSummary &input : inputs)
    if (StringRef(input.container).starts_with("optional") &&
        none_of(given, [&](const frontend::GivenInput &at) {
          return at.name == input.name;
        }))
      given.push_back({input.name, {}, {}, frontend::kAbsent});
  return given;
}

frontend::ImportResult systole::driver::readModelForRun(
    mlir::MLIRContext &context, const frontend::SourceFile &source,
    frontend::ImportOptions &options, const RunFiles &files) {
  frontend::ImportResult result = frontend::importForRun(
      context, source, options, [&](ArrayRef<frontend::TensorSummary> inputs) {
        return inputsOfFiles(&context, inputs, files);
      });
  if (!result.module)
    errs() << frontend::formatProblems(source.path, result.problems);
  return result;
}
