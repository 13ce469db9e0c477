//===- api_module.cpp - C interface: modules ------------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/src/api.h"
#include "runtime/src/platform/load.h"

using namespace systole::rt;

/// Makes the module object. Takes over `handle` whatever happens.
static Status openModule(const systole_library *library, void *handle,
                         const char *path,
                         const systole_module_options *options,
                         systole_module *&module) {
  const char *deviceName = "cpu", *weightsPath = nullptr;
  if (SYSTOLE_HAS_FIELD(options, systole_module_options, device) &&
      options->device)
    deviceName = options->device;
  if (SYSTOLE_HAS_FIELD(options, systole_module_options, weights_path))
    weightsPath = options->weights_path;

  auto *made = static_cast<systole_module *>(allocate(sizeof(systole_module)));
  if (!made) {
    closeLibrary(handle);
    return outOfMemory(sizeof(systole_module));
  }
  __builtin_memset(static_cast<void *>(made), 0, sizeof(*made));
  made->references = 1;
  made->library = library;
  made->handle = handle;
  made->device = systole_device_find(deviceName);
  Status status;
  if (!made->device)
    status = Failure(SYSTOLE_STATUS_NOT_FOUND)
             << "there is no device '" << deviceName << "'";
  // NOTE: the check comes first, since nothing else in a module of another ABI
  // version can be trusted to be where we look.
  if (status.succeeded())
    status = Status(made->device->check_library(made->device, library));
  if (status.succeeded())
    status = made->weights.open(*library, weightsPath, path);
  if (status.failed())
    systole_module_release(made);
  else
    module = made;
  return status;
}

systole_status *systole_module_open_file(const char *path,
                                         const systole_module_options *options,
                                         systole_module **module) {
  *module = nullptr;
  StringBuilder problem;
  void *handle = openLibrary(path, problem);
  if (!handle)
    return Status(Failure(SYSTOLE_STATUS_IO)
                  << "cannot open module '" << path << "': " << problem.text())
        .take();
  auto *library = static_cast<const systole_library *>(
      librarySymbol(handle, SYSTOLE_LIBRARY_SYMBOL));
  if (!library) {
    closeLibrary(handle);
    return Status(Failure(SYSTOLE_STATUS_INCOMPATIBLE)
                  << "'" << path << "' is a shared library, but no module of "
                  << "Systole (systole compile --emit=module makes one)")
        .take();
  }
  Status status = openModule(library, handle, path, options, *module);
  if (status.failed())
    return Status(Failure(status.code()) << path << ": " << status.message())
        .take();
  return nullptr;
}

systole_status *
systole_module_open_library(const systole_library *library,
                            const systole_module_options *options,
                            systole_module **module) {
  *module = nullptr;
  char path[4096];
  executablePath(path, sizeof(path));
  return openModule(library, nullptr, path, options, *module).take();
}

void systole_module_retain(systole_module *module) {
  __atomic_add_fetch(&module->references, 1, __ATOMIC_RELAXED);
}

void systole_module_release(systole_module *module) {
  if (!module || __atomic_sub_fetch(&module->references, 1, __ATOMIC_ACQ_REL))
    return;
  module->weights.~Weights();
  closeLibrary(module->handle);
  release(module);
}

void systole_module_get_info(const systole_module *module,
                             systole_module_info *info) {
  const systole_library &library = *module->library;
  systole_module_info all = {};
  all.size = info->size;
  all.name = library.model_name;
  all.producer = library.producer;
  all.cpu = library.cpu_name;
  all.options = library.options;
  all.device = module->device->name;
  all.num_entries = library.num_entries;
  all.weights_bytes = library.weights_bytes;
  // Never write more than the caller's version of the structure has.
  __builtin_memcpy(info, &all, all.size < sizeof(all) ? all.size : sizeof(all));
}

Status systole::rt::findEntry(const systole_module &module, size_t index,
                              const systole_entry_info *&entry) {
  if (index >= module.library->num_entries)
    return Failure(SYSTOLE_STATUS_NOT_FOUND)
           << "there is no entry point " << uint64_t(index)
           << "; the module has " << module.library->num_entries;
  entry = &module.library->entries[index];
  return Status();
}

systole_status *systole_module_get_entry(const systole_module *module,
                                         size_t index, systole_entry *entry) {
  const systole_entry_info *found = nullptr;
  Status status = findEntry(*module, index, found);
  if (status.failed())
    return status.take();
  systole_entry all = {entry->size, found->name, size_t(found->num_inputs),
                       size_t(found->num_outputs)};
  __builtin_memcpy(entry, &all,
                   all.size < sizeof(all) ? all.size : sizeof(all));
  return nullptr;
}

systole_status *systole_module_find_entry(const systole_module *module,
                                          const char *name, size_t *index) {
  for (uint64_t i = 0; i < module->library->num_entries; ++i)
    if (Text(name) == module->library->entries[i].name) {
      *index = i;
      return nullptr;
    }
  return Status(Failure(SYSTOLE_STATUS_NOT_FOUND)
                << "the module has no entry point '" << name << "'")
      .take();
}

/// Describes input or output `index` of a list of `count`.
static systole_status *describe(const char *what,
                                const systole_tensor_info *tensors,
                                uint64_t count, size_t index,
                                systole_tensor_type *type) {
  if (index >= count)
    return Status(Failure(SYSTOLE_STATUS_NOT_FOUND)
                  << "there is no " << what << " " << uint64_t(index)
                  << "; the entry point has " << count)
        .take();
  const systole_tensor_info &info = tensors[index];
  systole_tensor_type all = {type->size, info.name, info.file_name,
                             info.dtype, info.rank, info.dims,
                             info.scale, info.zero_point};
  __builtin_memcpy(type, &all, all.size < sizeof(all) ? all.size : sizeof(all));
  return nullptr;
}

systole_status *systole_module_get_input(const systole_module *module,
                                         size_t entry, size_t index,
                                         systole_tensor_type *type) {
  const systole_entry_info *found = nullptr;
  Status status = findEntry(*module, entry, found);
  return status.failed()
             ? status.take()
             : describe("input", found->inputs, found->num_inputs, index, type);
}

systole_status *systole_module_get_output(const systole_module *module,
                                          size_t entry, size_t index,
                                          systole_tensor_type *type) {
  const systole_entry_info *found = nullptr;
  Status status = findEntry(*module, entry, found);
  return status.failed() ? status.take()
                         : describe("output", found->outputs,
                                    found->num_outputs, index, type);
}
