//===- SimReport.cpp - What systole sim reports ---------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// JSON and text. Traffic is that of the data bus, in whole beats, where the
// engine has one; otherwise the bytes that instructions name.
//
//===----------------------------------------------------------------------===//

#include "tools/systole/SimReport.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/JSON.h"

using namespace llvm;
using namespace systole;
using namespace systole::driver;

/// Bytes that went over the data bus, or that instructions name.
static std::pair<uint64_t, uint64_t> trafficOf(const SimRun &run) {
  if (run.record)
    return {run.record->bytesRead, run.record->bytesWritten};
  sim::Counts total = run.total();
  return {total.bytesRead, total.bytesWritten};
}

//===----------------------------------------------------------------------===//
// JSON
//===----------------------------------------------------------------------===//

/// A number that only an engine with a clock knows.
template <typename Value>
static void printKnown(json::OStream &json, const SimRun &run, StringRef key,
                       Value value) {
  if (run.record)
    json.attribute(key, value);
  else
    json.attribute(key, nullptr);
}

static void printAccounting(json::OStream &json, const SimRun &run,
                            const sim::Accounting &accounting) {
  if (!run.record) {
    json.attribute("causes", nullptr);
    json.attribute("slots", nullptr);
    return;
  }
  json.attributeObject("causes", [&] {
    for (unsigned i = 0; i < sim::kCauses; ++i)
      json.attribute(sim::nameOf(sim::Cause(i)), accounting.causes[i]);
  });
  json.attributeObject("slots", [&] {
    for (unsigned i = 0; i < sim::kSlots; ++i)
      json.attribute(sim::nameOf(sim::Slot(i)), accounting.slots[i]);
  });
}

static void printLayer(json::OStream &json, const SimRun &run,
                       const SimNode &node) {
  uint64_t cycles = node.accounting.cycles(), macs = node.counts.macs();
  json.attribute("name", json::fixUTF8(node.name));
  if (node.op.empty())
    json.attribute("op", nullptr);
  else
    json.attribute("op", json::fixUTF8(node.op));
  printKnown(json, run, "cycles", cycles);
  json.attribute("macs", macs);
  printKnown(json, run, "mac_utilisation", run.utilisation(macs, cycles));
  printAccounting(json, run, node.accounting);
  json.attribute("bytes_read", node.counts.bytesRead);
  json.attribute("bytes_written", node.counts.bytesWritten);
}

static void printDram(json::OStream &json, const SimRun &run) {
  auto [read, written] = trafficOf(run);
  json.attribute("bytes_per_cycle", run.machine.dram.width);
  json.attribute("latency", run.machine.dram.readLatency);
  json.attribute("bytes_read", read);
  json.attribute("bytes_written", written);
  printKnown(json, run, "utilisation", run.dramUtilisation());
}

void systole::driver::printSimJson(const SimRun &run, raw_ostream &os) {
  sim::Counts total = run.total();
  json::OStream json(os, /*IndentSize=*/2);
  json.object([&] {
    json.attribute("machine", run.machine.name);
    json.attribute("engine", run.engine);
    json.attribute("rows", run.machine.array);
    json.attribute("columns", run.machine.array);
    json.attributeObject("dram", [&] { printDram(json, run); });
    json.attribute("instructions", run.image.program.size());
    printKnown(json, run, "cycles", run.cycles());
    json.attribute("macs", total.macs());
    printKnown(json, run, "mac_utilisation",
               run.utilisation(total.macs(), run.cycles()));
    printKnown(json, run, "array_utilisation",
               run.utilisation(total.arrayMacs, run.cycles()));
    printAccounting(json, run, run.accounting);
    json.attributeArray("layers", [&] {
      for (const SimNode &node : run.nodes)
        json.object([&] { printLayer(json, run, node); });
    });
    json.attributeArray("host_ops", [] {});
    json.attribute("seconds", run.seconds);
    printKnown(json, run, "cycles_per_second",
               run.seconds > 0 ? run.cycles() / run.seconds : 0);
  });
  os << "\n";
}

//===----------------------------------------------------------------------===//
// Text
//===----------------------------------------------------------------------===//

/// `  busy 120 (60.0 %), weights 80 (40.0 %)`, without zeros.
template <typename Name, size_t count>
static void printShares(const std::array<uint64_t, count> &values,
                        raw_ostream &os) {
  uint64_t sum = 0;
  for (uint64_t value : values)
    sum += value;
  const char *separator = "";
  for (size_t i = 0; i < count; ++i)
    if (values[i] > 0) {
      os << separator << sim::nameOf(Name(i)) << " " << values[i]
         << format(" (%.1f %%)", 100.0 * values[i] / sum);
      separator = ", ";
    }
  os << "\n";
}

static void printTimes(const SimRun &run, raw_ostream &os) {
  sim::Counts total = run.total();
  os << "cycles        " << run.cycles()
     << format(", %.4g a second\n",
               run.seconds > 0 ? run.cycles() / run.seconds : 0)
     << format("utilisation   %.1f %% of the multipliers (array %.1f %%), "
               "%.1f %% of DRAM's data bus\n",
               100 * run.utilisation(total.macs(), run.cycles()),
               100 * run.utilisation(total.arrayMacs, run.cycles()),
               100 * run.dramUtilisation())
     << "causes        ";
  printShares<sim::Cause>(run.accounting.causes, os);
  os << "slots         ";
  printShares<sim::Slot>(run.accounting.slots, os);
}

static void printNodes(const SimRun &run, raw_ostream &os) {
  os << "\n            macs    bytes read bytes written";
  os << (run.record ? "       cycles      %  node\n" : "  node\n");
  for (const SimNode &node : run.nodes) {
    os << format("%16llu %13llu %13llu", (unsigned long long)node.counts.macs(),
                 (unsigned long long)node.counts.bytesRead,
                 (unsigned long long)node.counts.bytesWritten);
    uint64_t cycles = node.accounting.cycles();
    if (run.record)
      os << format(" %12llu %6.1f", (unsigned long long)cycles,
                   100 * run.utilisation(node.counts.macs(), cycles));
    os << "  " << (node.name.empty() ? "(none)" : node.name)
       << (node.op.empty() ? "" : " (" + node.op + ")") << "\n";
  }
}

void systole::driver::printSimText(const SimRun &run, raw_ostream &os) {
  sim::Counts total = run.total();
  auto [read, written] = trafficOf(run);
  os << "machine       " << run.machine.name << ", " << run.machine.array
     << " x " << run.machine.array << ", DRAM " << run.machine.dram.width
     << " bytes a cycle, latency " << run.machine.dram.readLatency << "\n"
     << "engine        " << run.engine << "\n"
     << "instructions  " << run.image.program.size() << "\n"
     << "macs          " << total.macs() << " (array " << total.arrayMacs
     << ", depthwise " << total.depthwiseMacs << ")\n"
     << "dram          " << read << " bytes read, " << written << " written\n"
     << "seconds       " << format("%.4g", run.seconds) << "\n";
  if (run.record)
    printTimes(run, os);
  // A table of one row without a name says nothing.
  if (run.nodes.size() > 1 ||
      (!run.nodes.empty() && !run.nodes[0].name.empty()))
    printNodes(run, os);
}
