//===- SimReport.cpp - What systole sim reports ---------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The functional engine knows work and traffic, not time.
//
//===----------------------------------------------------------------------===//

#include "tools/systole/SimReport.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/JSON.h"

using namespace llvm;
using namespace systole;
using namespace systole::driver;

/// Keys whose value only an engine with a clock knows.
static void printUnknown(json::OStream &json, ArrayRef<const char *> keys) {
  for (const char *key : keys)
    json.attribute(key, nullptr);
}

static void printLayer(json::OStream &json, const ImageRun::Node &node) {
  json.object([&] {
    json.attribute("name", json::isUTF8(node.name) ? node.name
                                                   : json::fixUTF8(node.name));
    printUnknown(json, {"op", "cycles"});
    json.attribute("macs", node.counts.macs());
    printUnknown(json, {"mac_utilisation", "causes", "slots"});
  });
}

void systole::driver::printSimJson(const SimReport &report, raw_ostream &os) {
  const sim::Machine &machine = report.machine;
  sim::Counts total = report.run.total();
  json::OStream json(os, /*IndentSize=*/2);
  json.object([&] {
    json.attribute("machine", machine.name);
    json.attribute("engine", report.engine);
    json.attribute("rows", machine.array);
    json.attribute("columns", machine.array);
    json.attributeObject("dram", [&] {
      json.attribute("bytes_per_cycle", machine.dram.width);
      json.attribute("latency", machine.dram.readLatency);
      json.attribute("bytes_read", total.bytesRead);
      json.attribute("bytes_written", total.bytesWritten);
      printUnknown(json, {"utilisation"});
    });
    json.attribute("instructions", report.run.instructions);
    printUnknown(json, {"cycles"});
    json.attribute("macs", total.macs());
    printUnknown(json,
                 {"mac_utilisation", "array_utilisation", "causes", "slots"});
    json.attributeArray("layers", [&] {
      for (const ImageRun::Node &node : report.run.nodes)
        printLayer(json, node);
    });
    json.attributeArray("host_ops", [] {});
    json.attribute("seconds", report.run.seconds);
    printUnknown(json, {"cycles_per_second"});
  });
  os << "\n";
}

void systole::driver::printSimText(const SimReport &report, raw_ostream &os) {
  const ImageRun &run = report.run;
  sim::Counts total = run.total();
  os << "machine       " << report.machine.name << ", " << report.machine.array
     << " x " << report.machine.array << ", DRAM " << report.machine.dram.width
     << " bytes a cycle\n"
     << "engine        " << report.engine << "\n"
     << "instructions  " << run.instructions << "\n"
     << "macs          " << total.macs() << " (array " << total.arrayMacs
     << ", depthwise " << total.depthwiseMacs << ")\n"
     << "dram          " << total.bytesRead << " bytes read, "
     << total.bytesWritten << " written\n"
     << "seconds       " << format("%.4g", run.seconds) << "\n";
  // A table of one row without a name says nothing.
  if (run.nodes.empty() || (run.nodes.size() == 1 && run.nodes[0].name.empty()))
    return;
  os << "\n            macs    bytes read bytes written  node\n";
  for (const ImageRun::Node &node : run.nodes)
    os << format("%16llu %13llu %13llu  ",
                 (unsigned long long)node.counts.macs(),
                 (unsigned long long)node.counts.bytesRead,
                 (unsigned long long)node.counts.bytesWritten)
       << (node.name.empty() ? "(none)" : node.name) << "\n";
}
