//===- CpuModule.cpp - Sample functions as compiled code ------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "CpuModule.h"
#include "backends/Cpu/Codegen.h"
#include "backends/Cpu/CpuBackend.h"
#include "dialects/Graph/IR/GraphDialect.h"
#include "llvm/Support/FileSystem.h"

using namespace mlir;

namespace systole::property {

/// Moves a status into `message`; true on success.
static bool succeededWith(systole_status *status, std::string &message) {
  if (!status)
    return true;
  message = systole_status_message(status);
  systole_status_release(status);
  return false;
}

CpuModule::~CpuModule() {
  systole_session_release(session);
  systole_module_release(module);
}

LogicalResult CpuModule::compile(ModuleOp graphs, int threads, StringRef cpu) {
  llvm::SmallString<128> path;
  if (llvm::sys::fs::createTemporaryFile("systole-property", "so", path))
    return graphs.emitError("cannot make a temporary file");
  cpu::CompileOptions options;
  options.threads = threads;
  if (!cpu.empty())
    options.cpu = cpu.str();
  std::string message;
  bool loaded = false;
  if (succeeded(cpu::compileToModule(graphs, options, path))) {
    systole_session_options sessionOptions = {sizeof(sessionOptions), nullptr,
                                              threads == 1 ? 1u : 2u};
    loaded =
        succeededWith(systole_module_open_file(path.c_str(), nullptr, &module),
                      message) &&
        succeededWith(systole_session_create(module, &sessionOptions, &session),
                      message);
    if (!loaded)
      graphs.emitError("cannot load the compiled module: ") << message;
  }
  llvm::sys::fs::remove(path);
  return success(loaded);
}

std::optional<SmallVector<Tensor>> CpuModule::run(StringRef entry,
                                                  ArrayRef<Tensor> arguments,
                                                  TypeRange resultTypes,
                                                  std::string &message) {
  size_t index = 0;
  if (!succeededWith(
          systole_module_find_entry(module, entry.str().c_str(), &index),
          message))
    return std::nullopt;
  std::vector<systole_tensor> inputs(arguments.size()),
      outputs(resultTypes.size());
  std::vector<SmallVector<int64_t>> dims;
  for (const Tensor &argument : arguments)
    dims.emplace_back(argument.getShape());
  for (Type type : resultTypes)
    dims.emplace_back(cast<RankedTensorType>(type).getRank());
  for (auto [i, argument] : llvm::enumerate(arguments))
    inputs[i] = {sizeof(systole_tensor),
                 const_cast<char *>(argument.data()),
                 static_cast<size_t>(argument.byteSize()),
                 cpu::dtypeOf(argument.getElementType()),
                 SYSTOLE_MEMORY_CPU,
                 0,
                 static_cast<uint32_t>(argument.rank()),
                 dims[i].data(),
                 nullptr};
  for (auto [i, type] : llvm::enumerate(resultTypes)) {
    auto &shape = dims[arguments.size() + i];
    outputs[i] = {sizeof(systole_tensor),
                  nullptr,
                  0,
                  0,
                  SYSTOLE_MEMORY_CPU,
                  0,
                  static_cast<uint32_t>(shape.size()),
                  shape.data(),
                  nullptr};
  }
  if (!succeededWith(systole_session_run(session, index, inputs.data(),
                                         inputs.size(), outputs.data(),
                                         outputs.size()),
                     message))
    return std::nullopt;
  SmallVector<Tensor> results;
  for (auto [i, type] : llvm::enumerate(resultTypes)) {
    // The session's memory is overwritten by the next run.
    Tensor copy(getElementTypeOrSelf(type), dims[arguments.size() + i]);
    if (copy.size())
      std::memcpy(copy.data(), outputs[i].data, copy.byteSize());
    for (int64_t k = 0;
         isa<graph::StringType>(copy.getElementType()) && k < copy.size(); ++k)
      copy.setString(k, copy.getString(k));
    results.push_back(copy);
  }
  return results;
}

} // namespace systole::property
