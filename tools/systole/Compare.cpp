//===- Compare.cpp - Outputs against stored ones --------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// `--compare` and the comparisons of `--bisect`.
//
//===----------------------------------------------------------------------===//

#include "tools/systole/Compare.h"
#include "runtime/src/convert.h"
#include "tools/systole/Diagnostics.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Format.h"
#include <cmath>
#include <map>

using namespace llvm;
using namespace systole;
using namespace systole::driver;

//===----------------------------------------------------------------------===//
// Two tensors
//===----------------------------------------------------------------------===//

Difference systole::driver::compareTensors(const rt::Tensor &found,
                                           const rt::Tensor &expected,
                                           const Tolerance &tolerance) {
  Difference result;
  double worstExcess = -INFINITY;
  // The parts of complex numbers are compared one by one.
  bool isComplex = rt::dtypeInfo(found.dtype).kind == 'c';
  int64_t parts = isComplex ? 2 : 1;
  for (int64_t i = 0, end = found.count() * parts; i < end; ++i) {
    if (found.dtype == SYSTOLE_DTYPE_STRING) {
      // Strings are equal, or as different as can be.
      auto text = [i](const rt::Tensor &tensor) {
        const auto &place = static_cast<systole_string *>(tensor.data)[i];
        return StringRef(place.data, place.size);
      };
      if (text(found) == text(expected))
        continue;
      if (result.numOutside++ == 0)
        result.worst = i;
      result.maxAbs = result.maxRel = INFINITY;
      continue;
    }
    double a = rt::elementAsDouble(found.dtype, found.data, i);
    double b = rt::elementAsDouble(expected.dtype, expected.data, i);
    if (a == b || (std::isnan(a) && std::isnan(b)))
      continue;
    double distance =
        std::isfinite(a) && std::isfinite(b) ? std::fabs(a - b) : INFINITY;
    result.maxAbs = std::max(result.maxAbs, distance);
    result.maxRel =
        std::max(result.maxRel, b == 0 ? INFINITY : distance / std::fabs(b));
    double excess =
        std::isfinite(b)
            ? distance - (tolerance.atol + tolerance.rtol * std::fabs(b))
            : distance;
    result.numOutside += excess > 0;
    if (excess > worstExcess) {
      worstExcess = excess;
      result.worst = i / parts;
      result.found = a;
      result.expected = b;
    }
  }
  return result;
}

double systole::driver::largestMagnitude(const rt::Tensor &tensor) {
  int64_t parts = rt::dtypeInfo(tensor.dtype).kind == 'c' ? 2 : 1;
  double largest = 0;
  for (int64_t i = 0, end = tensor.count() * parts; i < end; ++i) {
    double value = std::fabs(rt::elementAsDouble(tensor.dtype, tensor.data, i));
    if (std::isfinite(value))
      largest = std::max(largest, value);
  }
  return largest;
}

std::string systole::driver::indexText(const rt::Tensor &tensor,
                                       int64_t position) {
  SmallVector<std::string> parts(tensor.rank);
  for (int32_t d = tensor.rank - 1; d >= 0; --d) {
    parts[d] = std::to_string(position % tensor.dims[d]);
    position /= tensor.dims[d];
  }
  return "[" + join(parts, ",") + "]";
}

//===----------------------------------------------------------------------===//
// Files
//===----------------------------------------------------------------------===//

/// The .npy files of a folder.
static SmallVector<std::string> arraysIn(StringRef folder) {
  SmallVector<std::string> files;
  std::error_code error;
  for (sys::fs::directory_iterator it(folder, error), end; it != end && !error;
       it.increment(error))
    if (StringRef(it->path()).ends_with(".npy"))
      files.push_back(it->path());
  return files;
}

/// Adds the files of a folder for the outputs that it has some for.
static bool addFolder(const systole_entry_info &entry, StringRef folder,
                      std::map<int64_t, std::string> &files) {
  size_t before = files.size();
  for (uint64_t i = 0; i < entry.num_outputs; ++i) {
    std::string file =
        (folder + "/" + entry.outputs[i].file_name + ".npy").str();
    if (sys::fs::exists(file))
      files[i] = file;
  }
  if (files.size() != before)
    return true;
  // A lone output compares with a lone file.
  SmallVector<std::string> arrays = arraysIn(folder);
  if (entry.num_outputs == 1 && arrays.size() == 1) {
    files[0] = arrays[0];
    return true;
  }
  printError("--compare: no file of '" + folder + "' is named after an output");
  for (uint64_t i = 0; i < entry.num_outputs; ++i)
    printNote("expected " + Twine(entry.outputs[i].file_name) + ".npy");
  return false;
}

/// Finds the output and the file that one value of --compare means.
static bool addExpected(const systole_entry_info &entry,
                        const std::string &value,
                        std::map<int64_t, std::string> &files) {
  if (sys::fs::is_directory(value))
    return addFolder(entry, value, files);
  // Names may hold '=': the longest one that is an output counts.
  for (size_t at = value.rfind('='); at != std::string::npos && at > 0;
       at = value.rfind('=', at - 1)) {
    int64_t index =
        rt::findTensor(entry.outputs, entry.num_outputs,
                       rt::Text(value.data(), static_cast<int64_t>(at)));
    if (index >= 0) {
      files[index] = value.substr(at + 1);
      return true;
    }
  }
  if (entry.num_outputs == 1 && sys::fs::exists(value)) {
    files[0] = value;
    return true;
  }
  printError("--compare " + value +
             " names neither a folder nor an output's file");
  std::string names;
  for (uint64_t i = 0; i < entry.num_outputs; ++i)
    names += (i ? ", '" : "'") + std::string(entry.outputs[i].name) + "'";
  printHelp("--compare DIR or NAME=FILE; the outputs are " + names);
  return false;
}

static void printDifference(const char *name, const rt::Tensor &found,
                            const Difference &difference, raw_ostream &os) {
  os << "output '" << name << "': max abs error "
     << format("%.3g", difference.maxAbs) << ", max rel error "
     << format("%.3g", difference.maxRel);
  if (difference.worst >= 0)
    os << ", worst at " << indexText(found, difference.worst) << ": found "
       << format("%.9g", difference.found) << ", expected "
       << format("%.9g", difference.expected);
  if (difference.numOutside)
    os << "; " << difference.numOutside << " of " << found.count()
       << " values outside the tolerance";
  os << "\n";
}

/// Loads the expected tensor and compares.
static bool compareOutput(const systole_tensor_info &info,
                          const rt::Tensor &found, const std::string &file,
                          const Tolerance &tolerance, raw_ostream &os) {
  std::string subject = std::string("expected output '") + info.name + "'";
  rt::StringBuilder type;
  type << rt::dtypeInfo(found.dtype).name << " ";
  type.shape(found.dims, found.rank);
  rt::OwnedTensor expected;
  rt::Status status =
      rt::loadTensor({subject.c_str(), type.c_str(), file.c_str()}, found.dtype,
                     found.rank, expected);
  if (status.failed()) {
    printError(status.message());
    return false;
  }
  if (ArrayRef(found.dims, found.rank) !=
      ArrayRef(expected.dims, expected.rank)) {
    rt::StringBuilder shape;
    shape.shape(expected.dims, expected.rank);
    printError(Twine("output '") + info.name + "' is " + type.c_str() + ", '" +
               file + "' holds " + shape.c_str());
    return false;
  }
  Difference difference = compareTensors(found, expected, tolerance);
  printDifference(info.name, found, difference, os);
  return difference.numOutside == 0;
}

bool systole::driver::compareOutputs(const systole_entry_info &entry,
                                     const rt::RunResult &result,
                                     const CompareRequest &request,
                                     raw_ostream &os) {
  std::map<int64_t, std::string> files;
  for (const std::string &value : request.expected)
    if (!addExpected(entry, value, files))
      return false;
  bool good = true;
  for (const auto &[index, file] : files)
    good &= compareOutput(entry.outputs[index], result.outputs[index], file,
                          request.tolerance, os);
  return good;
}
