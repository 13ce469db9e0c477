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
#include "llvm/Object/ObjectFile.h"

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
    result->addInput(type.name, type.file_name, type.dtype,
                     ArrayRef(type.dims, type.rank),
                     {type.scale, type.zero_point});
  }
  for (size_t i = 0; i < entry.num_outputs; ++i) {
    systole_tensor_type type = {};
    type.size = sizeof(type);
    systole_status_release(systole_module_get_output(module, index, i, &type));
    result->addOutput(type.name, type.file_name, type.dtype,
                      ArrayRef(type.dims, type.rank),
                      {type.scale, type.zero_point});
  }
  return result;
}

bool systole::driver::isWhole(StringRef bytes) {
  auto file =
      object::ObjectFile::createELFObjectFile(MemoryBufferRef(bytes, "model"));
  if (!file) {
    consumeError(file.takeError());
    return false;
  }
  // The table of sections is at the file's end: without it there seem to be
  // none.
  bool any = false;
  for (const object::SectionRef &section : (*file)->sections()) {
    any = true;
    if (Expected<StringRef> contents = section.getContents(); !contents) {
      consumeError(contents.takeError());
      return false;
    }
  }
  return any;
}

/// The bytes of the section that the backend has put JSON into; empty if there
/// is none.
static StringRef inspectSection(StringRef bytes) {
  auto file =
      object::ObjectFile::createELFObjectFile(MemoryBufferRef(bytes, "model"));
  if (!file) {
    consumeError(file.takeError());
    return "";
  }
  for (const object::SectionRef &section : (*file)->sections()) {
    Expected<StringRef> name = section.getName();
    Expected<StringRef> contents = section.getContents();
    bool usable = name && contents;
    if (usable && *name == ".systole")
      return *contents;
    if (!name)
      consumeError(name.takeError());
    if (!contents)
      consumeError(contents.takeError());
  }
  return "";
}

std::string
systole::driver::describeForInspection(Summary summary,
                                       const cpu::CompileOptions &options) {
  frontend::ModelSummary &model = summary.model;
  model.metadata = {
      {"cpu", cpu::resolveCpu(options.cpu, options.triple)},
      {"model", options.modelName},
      {"options", options.optionsText},
      {"source",
       model.format +
           (model.producer.empty() ? "" : " made by " + model.producer)}};
  model.producer = "systole " SYSTOLE_VERSION;
  std::string text;
  raw_string_ostream os(text);
  printJson(summary, os, /*indent=*/false);
  return text;
}

bool systole::driver::summariseCompiled(const frontend::SourceFile &source,
                                        Summary &summary) {
  if (!parseJson(inspectSection(source.bytes), summary)) {
    printError("this is machine code that systole did not compile");
    return false;
  }
  switch (compiledKind(source.bytes)) {
  case CompiledKind::Executable:
    summary.model.format = "executable";
    break;
  case CompiledKind::Object:
    summary.model.format = "object";
    break;
  default:
    summary.model.format = "module";
    break;
  }
  return true;
}
