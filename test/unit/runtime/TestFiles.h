//===- TestFiles.h - Files and programs for the runtime's tests -- -*- C++
//-*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_TEST_UNIT_RUNTIME_TESTFILES_H
#define SYSTOLE_TEST_UNIT_RUNTIME_TESTFILES_H

#include "runtime/src/tensor.h"
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <gtest/gtest.h>
#include <iterator>
#include <string>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

namespace systole::test {

/// A folder that is gone after the test.
class TemporaryFolder {
public:
  TemporaryFolder() {
    char name[] = "/tmp/systole-runtime-XXXXXX";
    path = mkdtemp(name);
  }
  ~TemporaryFolder() {
    int ignored = std::system(("rm -rf " + path).c_str());
    (void)ignored;
  }
  /// The path of a file in the folder.
  std::string operator/(const std::string &name) const {
    return path + "/" + name;
  }
  std::string path;
};

inline void writeFile(const std::string &path, const std::string &contents) {
  std::ofstream(path, std::ios::binary) << contents;
}

inline std::string readFile(const std::string &path) {
  std::ifstream file(path, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(file), {});
}

inline bool exists(const std::string &path) {
  return access(path.c_str(), F_OK) == 0;
}

/// The bytes of values as they lie in memory.
template <typename T>
std::string bytesOf(const std::vector<T> &values) {
  return std::string(reinterpret_cast<const char *>(values.data()),
                     values.size() * sizeof(T));
}

/// A .npy file with the given dictionary, e.g.
/// "{'descr': '<f4', 'fortran_order': False, 'shape': (3,), }".
inline std::string npyWithHeader(const std::string &dictionary,
                                 const std::string &data, int version = 1) {
  std::string header = dictionary + "\n";
  std::string file = "\x93NUMPY";
  file += char(version);
  file += '\0';
  for (int i = 0; i < (version == 1 ? 2 : 4); ++i)
    file += char(header.size() >> 8 * i);
  return file + header + data;
}

/// A .npy file; `shape` as Python writes it, e.g. "(3,)".
inline std::string npy(const std::string &descr, const std::string &shape,
                       const std::string &data, bool fortran = false,
                       int version = 1) {
  return npyWithHeader("{'descr': '" + descr + "', 'fortran_order': " +
                           (fortran ? "True" : "False") +
                           ", 'shape': " + shape + ", }",
                       data, version);
}

/// How a program ended.
struct Outcome {
  /// The exit status, or -1 for a signal.
  int status;
  /// Standard output and standard error together.
  std::string output;
};

/// Runs a shell command.
inline Outcome run(const std::string &command) {
  Outcome outcome = {-1, ""};
  FILE *pipe = popen(("(" + command + ") 2>&1").c_str(), "r");
  if (!pipe)
    return outcome;
  char buffer[4096];
  while (size_t got = fread(buffer, 1, sizeof(buffer), pipe))
    outcome.output.append(buffer, got);
  int code = pclose(pipe);
  // The shell reports a program killed by a signal as 128 + its number.
  if (WIFEXITED(code) && WEXITSTATUS(code) < 128)
    outcome.status = WEXITSTATUS(code);
  return outcome;
}

/// A view of a vector as a tensor.
template <typename T>
rt::Tensor tensorOf(uint32_t dtype, const std::vector<int64_t> &dims,
                    std::vector<T> &values) {
  rt::Tensor tensor = {};
  tensor.data = values.data();
  tensor.bytes = int64_t(values.size() * sizeof(T));
  tensor.dtype = dtype;
  tensor.rank = int32_t(dims.size());
  for (size_t i = 0; i < dims.size(); ++i)
    tensor.dims[i] = dims[i];
  return tensor;
}

/// The values of a tensor.
template <typename T>
std::vector<T> valuesOf(const rt::Tensor &tensor) {
  std::vector<T> values(size_t(tensor.bytes) / sizeof(T));
  if (!values.empty())
    std::memcpy(values.data(), tensor.data, values.size() * sizeof(T));
  return values;
}

} // namespace systole::test

#endif // SYSTOLE_TEST_UNIT_RUNTIME_TESTFILES_H
