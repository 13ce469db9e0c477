//===- InputShapes.cpp - Shapes bound by the inputs' files ----------------===//
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
#include "runtime/src/npy.h"
#include "tools/systole/Model.h"
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

bool systole::driver::bindShapesOfFiles(
    ArrayRef<frontend::TensorSummary> inputs, ArrayRef<std::string> specs,
    bool each, frontend::ImportOptions &options) {
  EntrySignature signature("model");
  for (const frontend::TensorSummary &input : inputs)
    signature.addInput(input.name, input.name, SYSTOLE_DTYPE_INVALID, {});
  bool bound = false;
  for (const std::string &spec : specs) {
    std::string file;
    int64_t index = findInput(signature.get(), spec, file);
    if (index < 0)
      continue;
    const frontend::TensorSummary &input = inputs[index];
    if (input.ranked && !is_contained(input.dims, -1))
      continue;
    std::optional<SmallVector<int64_t>> shape = shapeOfFile(file);
    if (!shape || (each && !dropEntryAxis(input, *shape)))
      continue;
    bound |= options.shapes.emplace(input.name, *shape).second;
  }
  return bound;
}

/// True if an input's rank is unknown, which no engine can bind.
static bool hasUnrankedInput(const frontend::ModelSummary &summary) {
  return any_of(summary.inputs, [](const frontend::TensorSummary &input) {
    return !input.ranked;
  });
}

frontend::ImportResult systole::driver::readModelForRun(
    mlir::MLIRContext &context, const frontend::SourceFile &source,
    frontend::ImportOptions &options, const RunFiles &files) {
  frontend::ImportResult result =
      frontend::importModel(context, source, options);
  frontend::ImportOptions bound = options;
  if ((!result.module || hasUnrankedInput(result.summary)) &&
      bindShapesOfFiles(result.summary.inputs, files.inputs, files.each,
                        bound)) {
    frontend::ImportResult second =
        frontend::importModel(context, source, bound);
    // Where both fail, what the first import said is what the user can act on.
    if (second.module) {
      result = std::move(second);
      options = std::move(bound);
    }
  }
  if (!result.module)
    errs() << frontend::formatProblems(source.path, result.problems);
  return result;
}
