//===- outputs.cpp - Writing and showing outputs --------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/src/convert.h"
#include "runtime/src/npy.h"
#include "runtime/src/runner.h"
#include "runtime/src/session.h"

using namespace systole::rt;

Status systole::rt::writeOutputs(const systole_entry_info &entry,
                                 const RunResult &result,
                                 const char *directory) {
  if (int error = makeDirectories(directory))
    return Failure(SYSTOLE_STATUS_IO) << "cannot make the folder '" << directory
                                      << "': " << errorText(error);
  for (int64_t i = 0; i < result.outputs.size(); ++i) {
    StringBuilder path;
    path << directory << "/" << entry.outputs[i].file_name << ".npy";
    // An element of a sequence lies in the sequence's folder.
    Text name(entry.outputs[i].file_name);
    if (int64_t slash = name.find('/'); slash >= 0) {
      StringBuilder folder;
      folder << directory << "/" << Text(name.data, slash);
      if (int error = makeDirectories(folder.c_str()))
        return Failure(SYSTOLE_STATUS_IO)
               << "cannot make the folder '" << folder.text()
               << "': " << errorText(error);
    }
    Status status = writeNpy(path.c_str(), result.outputs[i]);
    if (status.failed())
      return status;
  }
  return Status();
}

/// Appends one element.
static void viewElement(const Tensor &tensor, int64_t index,
                        StringBuilder &out) {
  const DtypeInfo &info = dtypeInfo(tensor.dtype);
  if (tensor.dtype == SYSTOLE_DTYPE_I64) {
    out << static_cast<const int64_t *>(tensor.data)[index];
  } else if (tensor.dtype == SYSTOLE_DTYPE_U64) {
    out << static_cast<const uint64_t *>(tensor.data)[index];
  } else if (info.kind == 'i' || info.kind == 'u') {
    out << int64_t(elementAsDouble(tensor.dtype, tensor.data, index));
  } else if (info.kind == 's') {
    const auto &text = static_cast<const systole_string *>(tensor.data)[index];
    out << "'" << Text(text.data, text.size) << "'";
  } else if (info.kind == 'b') {
    out << (static_cast<const char *>(tensor.data)[index] ? "true" : "false");
  } else if (info.kind == 'c') {
    double imaginary =
        elementAsDouble(tensor.dtype, tensor.data, 2 * index + 1);
    out.number(elementAsDouble(tensor.dtype, tensor.data, 2 * index));
    out << (__builtin_signbit(imaginary) ? "" : "+");
    out.number(imaginary) << 'j';
  } else {
    out.number(elementAsDouble(tensor.dtype, tensor.data, index));
  }
}

void systole::rt::viewTensor(const char *name, const Tensor &tensor,
                             StringBuilder &out) {
  constexpr int64_t mostShownWhole = 16, shownOtherwise = 8;
  out << name << ": ";
  describeType(tensor, out);
  int64_t count = tensor.count();
  int64_t shown = count > mostShownWhole ? shownOtherwise : count;
  out << "\n  ";
  for (int64_t i = 0; i < shown; ++i) {
    out << (i ? " " : "");
    viewElement(tensor, i, out);
  }
  if (shown < count)
    out << " ... (" << count << " values)";
  if (count == 0)
    out << "(empty)";
  out << "\n";
}

void systole::rt::viewOutputs(const systole_entry_info &entry,
                              const RunResult &result, StringBuilder &out) {
  for (int64_t i = 0; i < result.outputs.size(); ++i)
    viewTensor(entry.outputs[i].name, result.outputs[i], out);
}
