//===- bind.cpp - Which tensor each input gets ----------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/src/bind.h"
#include "runtime/src/npy.h"
#include "runtime/src/selftest.h"
#include "runtime/src/session.h"
#include "runtime/src/wav.h"

using namespace systole::rt;

Status systole::rt::loadTensor(const FileSubject &file, uint32_t dtype,
                               int64_t rank, OwnedTensor &tensor) {
  void *data = nullptr;
  int64_t bytes = 0;
  if (int error = readFile(file.path, data, bytes))
    return Failure(SYSTOLE_STATUS_IO) << file.subject << ": cannot read '"
                                      << file.path << "': " << errorText(error);
  Buffer contents(data, bytes);
  if (isNpy(data, bytes))
    return decodeNpy(file, dtype, static_cast<Buffer &&>(contents), tensor);
  if (isWav(data, bytes))
    return decodeWav(file, dtype, rank, data, bytes, tensor);
  if (dtype == SYSTOLE_DTYPE_STRING && rank == 0) {
    // One string: the bytes of any other file.
    char *text = nullptr;
    Status status = allocateStrings(tensor, nullptr, 0, bytes, text);
    if (status.failed())
      return status;
    __builtin_memcpy(text, data, bytes);
    *static_cast<systole_string *>(tensor.data) = {text, bytes};
    return status;
  }
  return Failure(SYSTOLE_STATUS_IO)
         << file.subject << ": '" << file.path
         << "' is neither a .npy file (numpy.save) nor a .wav file";
}

int64_t systole::rt::findTensor(const systole_tensor_info *tensors,
                                uint64_t count, Text name) {
  for (uint64_t i = 0; i < count; ++i)
    if (name == tensors[i].name || name == tensors[i].file_name)
      return int64_t(i);
  // Names come first: some exporters call tensors "0", "1", ...
  int64_t position = 0;
  if (parseInteger(name, position) && position >= 0 &&
      uint64_t(position) < count)
    return position;
  return -1;
}

/// Appends "'a', 'b'".
static void listNames(const systole_tensor_info *tensors, uint64_t count,
                      StringBuilder &out) {
  for (uint64_t i = 0; i < count; ++i)
    out << (i ? ", '" : "'") << tensors[i].name << "'";
}

/// Splits "NAME=FILE" at the '=' behind the longest text that names an input,
/// since names and file names may themselves contain one.
static Status parseInput(const systole_entry_info &entry, Text spec,
                         int64_t &index, const char *&path) {
  index = -1;
  for (int64_t at = spec.find('='); at >= 0; at = spec.find('=', at + 1)) {
    int64_t found =
        findTensor(entry.inputs, entry.num_inputs, Text(spec.data, at));
    if (found >= 0) {
      index = found;
      path = spec.data + at + 1;
    }
  }
  if (index >= 0)
    return Status();
  StringBuilder names;
  listNames(entry.inputs, entry.num_inputs, names);
  if (spec.find('=') < 0 && entry.num_inputs == 1) {
    index = 0;
    path = spec.data;
    return Status();
  }
  if (spec.find('=') < 0)
    return Failure(SYSTOLE_STATUS_INVALID_ARGUMENT)
           << "--input " << spec << " does not say for which input it is: "
           << "expected NAME=FILE; the inputs are " << names.text();
  return Failure(SYSTOLE_STATUS_INVALID_ARGUMENT)
         << "--input " << spec
         << " names no input of this model; the inputs are " << names.text();
}

/// The index k of an input called `sequence`[k], or -1.
static int64_t elementIndex(Text name, Text sequence) {
  int64_t index = -1;
  Text rest = name.dropFront(sequence.size);
  bool isElement = name.startsWith(sequence) && rest.size > 2 &&
                   rest.data[0] == '[' && rest.data[rest.size - 1] == ']' &&
                   parseInteger(Text(rest.data + 1, rest.size - 2), index);
  return isElement ? index : -1;
}

/// Takes "NAME=FOLDER" for inputs NAME[0], NAME[1], ...: a sequence, whose
/// elements are the folder's 0.npy, 1.npy, ... False if there are none.
static bool bindElements(const systole_entry_info &entry, Text spec,
                         Array<BoundInput> &inputs) {
  bool isFound = false;
  for (int64_t at = spec.find('='); at >= 0 && !isFound;
       at = spec.find('=', at + 1))
    for (int64_t i = 0; i < inputs.size(); ++i) {
      int64_t index =
          elementIndex(Text(entry.inputs[i].name), Text(spec.data, at));
      if (index < 0)
        continue;
      StringBuilder &path = inputs[i].elementPath;
      path.clear();
      path << spec.dropFront(at + 1) << '/' << index << ".npy";
      inputs[i].path = path.c_str();
      isFound = true;
    }
  return isFound;
}

/// Notes which output each carried input is fed from.
static Status parseCarry(const systole_entry_info &entry, Text spec,
                         Array<BoundInput> &inputs) {
  int64_t output = -1, input = -1;
  for (int64_t at = spec.find('='); at >= 0 && (output < 0 || input < 0);
       at = spec.find('=', at + 1)) {
    output = findTensor(entry.outputs, entry.num_outputs, Text(spec.data, at));
    input = findTensor(entry.inputs, entry.num_inputs, spec.dropFront(at + 1));
  }
  StringBuilder outputNames, inputNames;
  listNames(entry.outputs, entry.num_outputs, outputNames);
  listNames(entry.inputs, entry.num_inputs, inputNames);
  if (output < 0 || input < 0)
    return Failure(SYSTOLE_STATUS_INVALID_ARGUMENT)
           << "--carry " << spec << ": expected OUT=IN; the outputs are "
           << outputNames.text() << ", the inputs are " << inputNames.text();
  const systole_tensor_info &from = entry.outputs[output];
  const systole_tensor_info &to = entry.inputs[input];
  if (from.dtype != to.dtype || from.rank != to.rank) {
    StringBuilder fromType, toType;
    describeType(from, fromType);
    describeType(to, toType);
    return Failure(SYSTOLE_STATUS_INVALID_ARGUMENT)
           << "--carry " << spec << ": the input expects " << toType.text()
           << ", the output is " << fromType.text();
  }
  inputs[input].carriedFrom = output + 1;
  return Status();
}

/// Loads an input's file and decides whether it is a stack of entries.
static Status loadInput(const RunRequest &request,
                        const systole_tensor_info &info, BoundInput &input) {
  StringBuilder subject, expected;
  subject << "input '" << info.name << "'";
  describeType(info, expected);
  FileSubject file = {subject.c_str(), expected.c_str(), input.path, info.scale,
                      info.zero_point};
  Status status = loadTensor(file, info.dtype, info.rank, input.tensor);
  if (status.failed())
    return status;
  if (matchesType(info, input.tensor))
    return Status();

  // The same dimensions behind a leading axis?
  Tensor part = input.tensor;
  part.rank -= 1;
  for (int32_t i = 0; i < part.rank; ++i)
    part.dims[i] = input.tensor.dims[i + 1];
  bool isStack = part.rank >= 0 && matchesType(info, part);
  if (isStack && request.each && !input.carriedFrom) {
    input.stacked = true;
    return Status();
  }
  StringBuilder found;
  describeType(input.tensor, found);
  Failure failure(SYSTOLE_STATUS_INVALID_ARGUMENT);
  failure << subject.text() << ": expected " << expected.text();
  if (request.each)
    failure << (input.carriedFrom ? " (the first value of a carried input)"
                                  : ", with or without a leading axis");
  failure << ", found " << found.text() << " in '" << input.path << "'";
  if (isStack && !request.each)
    failure
        << "; --each runs the model once for each entry of the leading axis";
  return failure;
}

/// Fills an input that has no file: zeros for a carried one, the self-test's
/// values where the request allows it. Dynamic dimensions become 1.
static Status makeInput(const RunRequest &request, int64_t index,
                        BoundInput &input) {
  const systole_tensor_info &info = request.entry->inputs[index];
  int64_t dims[maxRank];
  for (uint32_t i = 0; i < info.rank; ++i)
    dims[i] = selftestDim(info.dims[i]);
  Status status = allocateTensor(input.tensor, info.dtype, dims, info.rank);
  if (status.failed())
    return status;
  if (input.carriedFrom)
    __builtin_memset(input.tensor.data, 0, input.tensor.bytes);
  else
    selftestFill(request.seed, uint64_t(index), info.dtype, input.tensor.data,
                 input.tensor.count());
  return Status();
}

/// Fails with one message that names all inputs for which nothing was given.
static Status checkMissing(const RunRequest &request,
                           Array<BoundInput> &inputs) {
  StringBuilder missing;
  for (int64_t i = 0; i < inputs.size(); ++i) {
    if (inputs[i].path || inputs[i].carriedFrom || request.generateMissing)
      continue;
    const systole_tensor_info &info = request.entry->inputs[i];
    missing << (missing.text().size ? "; '" : "'") << info.name
            << "': expected ";
    describeType(info, missing);
    missing << ", found no file";
  }
  if (!missing.text().size)
    return Status();
  return Failure(SYSTOLE_STATUS_INVALID_ARGUMENT)
         << "missing input " << missing.text()
         << "; give it by --input NAME=FILE";
}

/// Finds the common length of all leading axes.
static Status countEntries(const Array<BoundInput> &inputs, int64_t &entries) {
  int64_t first = -1;
  for (int64_t i = 0; i < inputs.size(); ++i) {
    if (!inputs[i].stacked)
      continue;
    int64_t length = inputs[i].tensor.dims[0];
    if (first < 0) {
      first = i;
      entries = length;
    } else if (length != entries) {
      return Failure(SYSTOLE_STATUS_INVALID_ARGUMENT)
             << "--each: '" << inputs[first].path << "' has " << entries
             << " entries and '" << inputs[i].path << "' has " << length;
    }
  }
  if (first < 0)
    return Failure(SYSTOLE_STATUS_INVALID_ARGUMENT)
           << "--each: no input file has a leading axis in front of the "
              "declared shape";
  return Status();
}

Status systole::rt::bindInputs(const RunRequest &request,
                               Array<BoundInput> &inputs, int64_t &entries) {
  const systole_entry_info &entry = *request.entry;
  Status status = inputs.resize(int64_t(entry.num_inputs));
  if (request.numCarries && !request.each)
    return Failure(SYSTOLE_STATUS_INVALID_ARGUMENT)
           << "--carry needs --each: it feeds one entry's output to the next";
  for (int64_t i = 0; i < request.numCarries && status.succeeded(); ++i)
    status = parseCarry(entry, request.carries[i], inputs);
  for (int64_t i = 0; i < request.numInputs && status.succeeded(); ++i) {
    int64_t index = -1;
    const char *path = nullptr;
    status = parseInput(entry, request.inputs[i], index, path);
    if (status.failed() && bindElements(entry, request.inputs[i], inputs)) {
      status = Status();
      continue;
    }
    if (status.succeeded() && inputs[index].path)
      status = Failure(SYSTOLE_STATUS_INVALID_ARGUMENT)
               << "input '" << entry.inputs[index].name << "' is given twice: '"
               << inputs[index].path << "' and '" << path << "'";
    if (status.succeeded())
      inputs[index].path = path;
  }
  if (status.succeeded())
    status = checkMissing(request, inputs);
  for (int64_t i = 0; i < inputs.size() && status.succeeded(); ++i)
    status = inputs[i].path ? loadInput(request, entry.inputs[i], inputs[i])
                            : makeInput(request, i, inputs[i]);
  entries = 1;
  if (status.succeeded() && request.each)
    status = countEntries(inputs, entries);
  return status;
}
