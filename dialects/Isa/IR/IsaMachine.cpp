//===- IsaMachine.cpp - A machine as an attribute
//------------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/Isa/IR/IsaMachine.h"
#include "mlir/IR/Builders.h"

using namespace mlir;
using namespace systole;
using namespace systole::isa;

static constexpr llvm::StringLiteral kName = "name";

DictionaryAttr systole::isa::targetOf(MLIRContext *context,
                                      const sim::Machine &machine) {
  Builder b(context);
  SmallVector<NamedAttribute> entries{
      b.getNamedAttr(kName, b.getStringAttr(machine.name))};
  for (const sim::MachineKey &key : sim::machineKeys())
    entries.push_back(b.getNamedAttr(
        key.name, b.getI64IntegerAttr(int64_t(key.get(machine)))));
  return b.getDictionaryAttr(entries);
}

/// Takes over one entry; a message where that cannot be.
static std::string readEntry(NamedAttribute entry, sim::Machine &machine) {
  StringRef name = entry.getName().strref();
  if (name == kName) {
    auto text = dyn_cast<StringAttr>(entry.getValue());
    machine.name = text ? text.str() : "";
    return text ? "" : "'name' is no string";
  }
  const sim::MachineKey *key = sim::findMachineKey(name.str());
  if (!key)
    return ("'" + name + "' is no key of a machine").str();
  auto number = dyn_cast<IntegerAttr>(entry.getValue());
  if (!number || !number.getType().isInteger(64) || number.getInt() < 0)
    return ("'" + name + "' is no 64-bit integer " + key->range()).str();
  key->member(machine) = number.getInt();
  return "";
}

FailureOr<sim::Machine>
systole::isa::machineOf(Attribute target,
                        llvm::function_ref<InFlightDiagnostic()> emitError) {
  auto entries = dyn_cast<DictionaryAttr>(target);
  if (!entries) {
    emitError() << kTargetAttr << " is no dictionary of a machine's keys";
    return failure();
  }
  sim::Machine machine;
  bool isWhole = true;
  auto report = [&](const llvm::Twine &problem) {
    emitError() << kTargetAttr << ": " << problem;
    isWhole = false;
  };
  for (NamedAttribute entry : entries)
    if (std::string problem = readEntry(entry, machine); !problem.empty())
      report(problem);
  for (const sim::MachineKey &key : sim::machineKeys())
    if (!entries.contains(key.name))
      report(llvm::Twine("'") + key.name + "' is missing");
  if (!isWhole)
    return failure();
  for (const sim::MachineProblem &problem : sim::checkMachine(machine))
    report("'" + problem.key + "' " + problem.message);
  if (!isWhole)
    return failure();
  return machine;
}
