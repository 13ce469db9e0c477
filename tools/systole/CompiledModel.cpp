//===- CompiledModel.cpp - Models that the compiler has made --------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// See CompiledModel.h.
//
//===----------------------------------------------------------------------===//

#include "tools/systole/CompiledModel.h"
#include "tools/systole/Diagnostics.h"
#include "tools/systole/Model.h"

using namespace llvm;
using namespace systole;
using namespace systole::driver;

std::optional<OpenModule> OpenModule::open(StringRef path) {
  systole_module *module = nullptr;
  // dlopen looks for a name without a slash in the system's folders.
  std::string file = path.contains('/') ? path.str() : ("./" + path).str();
  rt::Status status(systole_module_open_file(file.c_str(), nullptr, &module));
  if (status.succeeded())
    return OpenModule(module);
  printError(status.message());
  return std::nullopt;
}

std::unique_ptr<EntrySignature> OpenModule::signature(size_t index) const {
  systole_entry entry = {};
  entry.size = sizeof(entry);
  systole_status_release(systole_module_get_entry(module, index, &entry));
  auto result = std::make_unique<EntrySignature>(entry.name);
  for (size_t i = 0; i < entry.num_inputs; ++i) {
    systole_tensor_type type = {};
    type.size = sizeof(type);
    systole_status_release(systole_module_get_input(module, index, i, &type));
    result->addInput(type.name, type.file_name, type.dtype, ArrayRef(type.dims, type.rank));
  }
  for (size_t i = 0; i < entry.num_outputs; ++i) {
    systole_tensor_type type = {};
    type.size = sizeof(type);
    systole_status_release(systole_module_get_output(module, index, i, &type));
    result->addOutput(type.name, type.file_name, type.dtype, ArrayRef(type.dims, type.rank));
  }
  return result;
}

/// The types of the runtime in the importers' form.
static std::vector<frontend::TensorSummary> summarise(const systole_tensor_info *tensors,
                                                      uint64_t count) {
  std::vector<frontend::TensorSummary> result;
  for (const systole_tensor_info &info : ArrayRef(tensors, count)) {
    frontend::TensorSummary &tensor = result.emplace_back();
    tensor.name = info.name;
    tensor.dims.append(info.dims, info.dims + info.rank);
    tensor.dtype = systole_dtype_name(info.dtype);
  }
  return result;
}

bool systole::driver::summariseCompiled(const frontend::SourceFile &source, Summary &summary) {
  if (compiledKind(source.bytes) != CompiledKind::Module) {
    printError("only modules can be inspected among compiled models in this version");
    printHelp("run an executable with --info; the header beside an object file describes it");
    return false;
  }
  std::optional<OpenModule> module = OpenModule::open(source.path);
  if (!module)
    return false;
  systole_module_info info = {};
  info.size = sizeof(info);
  systole_module_get_info(module->get(), &info);
  frontend::ModelSummary &model = summary.model;
  model.format = "module";
  model.producer = info.producer;
  std::unique_ptr<EntrySignature> signature = module->signature(0);
  const systole_entry_info &entry = signature->get();
  model.inputs = summarise(entry.inputs, entry.num_inputs);
  model.outputs = summarise(entry.outputs, entry.num_outputs);
  for (size_t i = 0; i < info.num_entries; ++i)
    model.signatures.push_back(module->signature(i)->get().name);
  model.metadata = {{"model", info.name},
                    {"cpu", info.cpu},
                    {"options", info.options},
                    {"weights", std::to_string(info.weights_bytes) + " bytes"}};
  return true;
}
