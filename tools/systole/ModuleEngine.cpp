//===- ModuleEngine.cpp - Running a compiled module -----------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A module runs behind the public C interface, exactly as in a user's program.
//
//===----------------------------------------------------------------------===//

#include "tools/systole/CompiledModel.h"
#include "tools/systole/Diagnostics.h"
#include "tools/systole/Engine.h"
#include "llvm/Support/Threading.h"

using namespace llvm;
using namespace systole;
using namespace systole::driver;

namespace {
/// A module with one session.
class ModuleEngine final : public Engine {
public:
  explicit ModuleEngine(OpenModule module) : module(std::move(module)) {}
  ~ModuleEngine() override { systole_session_release(session); }

  rt::Status create(const ModuleOptions &options);
  const systole_entry_info &getEntry() override { return signature->get(); }
  rt::Status execute(const rt::Tensor *inputs, rt::Tensor *outputs) override;
  rt::Status begin(bool whole) override {
    return rt::Status(whole ? systole_session_reset(session)
                            : systole_session_begin_sample(session));
  }
  unsigned getNumThreads() const override { return numThreads; }

private:
  OpenModule module;
  systole_session *session = nullptr;
  size_t entry = 0;
  unsigned numThreads = 1;
  std::unique_ptr<EntrySignature> signature;
  /// The sizes that the last run wrote for each output.
  std::vector<std::vector<int64_t>> outputDims;
};
} // namespace

rt::Status ModuleEngine::create(const ModuleOptions &options) {
  if (!options.entry.empty())
    if (systole_status *status = systole_module_find_entry(
            module.get(), options.entry.c_str(), &entry))
      return rt::Status(status);
  signature = module.signature(entry);
  const systole_entry_info &info = signature->get();
  for (uint64_t i = 0; i < info.num_outputs; ++i)
    outputDims.emplace_back(info.outputs[i].rank);
  systole_session_options session_options = {};
  session_options.size = sizeof(session_options);
  session_options.threads = options.threads;
  numThreads = options.threads ? options.threads
                               : hardware_concurrency().compute_thread_count();
  return rt::Status(
      systole_session_create(module.get(), &session_options, &session));
}

/// A tensor in the public interface's form; shares memory and sizes.
static systole_tensor publicTensor(const rt::Tensor &tensor) {
  systole_tensor result = {};
  result.size = sizeof(result);
  result.data = tensor.data;
  result.capacity = tensor.bytes;
  result.dtype = tensor.dtype;
  result.memory = SYSTOLE_MEMORY_CPU;
  result.rank = tensor.rank;
  result.dims = const_cast<int64_t *>(tensor.dims);
  return result;
}

rt::Status ModuleEngine::execute(const rt::Tensor *inputs,
                                 rt::Tensor *outputs) {
  const systole_entry_info &info = signature->get();
  SmallVector<systole_tensor, 8> in, out;
  for (uint64_t i = 0; i < info.num_inputs; ++i)
    in.push_back(publicTensor(inputs[i]));
  for (uint64_t i = 0; i < info.num_outputs; ++i) {
    systole_tensor tensor = {};
    tensor.size = sizeof(tensor);
    tensor.rank = info.outputs[i].rank;
    tensor.dims = outputDims[i].data();
    out.push_back(tensor);
  }
  rt::Status status(systole_session_run(session, entry, in.data(), in.size(),
                                        out.data(), out.size()));
  if (status.failed())
    return status;
  for (uint64_t i = 0; i < info.num_outputs; ++i) {
    rt::Tensor &output = outputs[i];
    output.data = out[i].data;
    output.dtype = out[i].dtype;
    output.rank = out[i].rank;
    std::copy_n(out[i].dims, output.rank, output.dims);
    output.bytes = output.count() * rt::dtypeInfo(output.dtype).bytes;
  }
  return status;
}

std::unique_ptr<Engine>
systole::driver::openModuleEngine(StringRef path,
                                  const ModuleOptions &options) {
  std::optional<OpenModule> module = OpenModule::open(path);
  if (!module)
    return nullptr;
  auto engine = std::make_unique<ModuleEngine>(std::move(*module));
  rt::Status status = engine->create(options);
  if (status.succeeded())
    return engine;
  printError(status.message());
  return nullptr;
}
