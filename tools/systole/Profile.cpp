//===- Profile.cpp - Time for each source node ----------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// See Profile.h.
//
//===----------------------------------------------------------------------===//

#include "tools/systole/Profile.h"
#include "backends/Cpu/CpuBackend.h"
#include "dialects/Graph/IR/GraphOps.h"
#include "dialects/Graph/IR/NodeLocation.h"
#include "frontend/Common/Problems.h"
#include "tools/systole/Compiler.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/DynamicLibrary.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/JSON.h"

using namespace llvm;
using namespace systole;
using namespace systole::driver;

//===----------------------------------------------------------------------===//
// Watching
//===----------------------------------------------------------------------===//

/// "graph.conv", "group conv".
static std::string kindOf(mlir::Operation *op) {
  if (auto group = dyn_cast<graph::GroupOp>(op))
    return "group " + group.getKind().str();
  return op->getName().getStringRef().str();
}

int64_t Profile::addStep(mlir::Operation *op) {
  Step step;
  step.kind = kindOf(op);
  for (const graph::SourceNode &node : graph::sourceNodes(op->getLoc())) {
    step.nodes.push_back(node.name.str());
    step.title += (step.title.empty() ? "" : " + ") +
                  frontend::printable(node.name) + " (" +
                  frontend::printable(node.op) + ")";
  }
  if (step.title.empty())
    step.title = step.kind;
  steps.push_back(std::move(step));
  return steps.size() - 1;
}

Observer Profile::observer() {
  return [this](mlir::Operation *op, ArrayRef<graph::Tensor>) {
    auto [known, isNew] = numbers.try_emplace(op, 0);
    if (isNew)
      known->second = addStep(op);
    mark(known->second);
    return mlir::success();
  };
}

std::function<int64_t(mlir::Operation *)> Profile::marks() {
  return [this](mlir::Operation *op) { return addStep(op); };
}

/// Whose marks a module tells: the hook has no argument for it.
static Profile *listening = nullptr;

bool Profile::listen(StringRef path) {
  std::string message;
  sys::DynamicLibrary library =
      sys::DynamicLibrary::getPermanentLibrary(path.str().c_str(), &message);
  using Hook = void (*)(int64_t);
  auto *hook = library.isValid()
                   ? static_cast<Hook *>(
                         library.getAddressOfSymbol(cpu::kProfileHook.data()))
                   : nullptr;
  if (!hook) {
    printError("the compiled model has no marks for --profile: " + message);
    return false;
  }
  listening = this;
  *hook = [](int64_t number) { listening->mark(number); };
  return true;
}

void Profile::beginRun() { runBegin = last = Clock::now(); }

void Profile::endRun() { events.push_back({-1, runBegin, Clock::now()}); }

void Profile::mark(int64_t number) {
  events.push_back({number, last, Clock::now()});
  // What noting it took is nobody's time.
  last = Clock::now();
}

namespace {
/// Notes the executions of another engine.
class WatchedEngine final : public Engine {
public:
  WatchedEngine(std::unique_ptr<Engine> engine, Profile &profile)
      : engine(std::move(engine)), profile(profile) {}
  const systole_entry_info &getEntry() override { return engine->getEntry(); }
  bool hasReported() const override { return engine->hasReported(); }
  unsigned getNumThreads() const override { return engine->getNumThreads(); }
  rt::Status begin(bool whole) override { return engine->begin(whole); }
  rt::Status execute(const rt::Tensor *inputs, rt::Tensor *outputs) override {
    profile.beginRun();
    rt::Status status = engine->execute(inputs, outputs);
    profile.endRun();
    return status;
  }

private:
  std::unique_ptr<Engine> engine;
  Profile &profile;
};
} // namespace

std::unique_ptr<Engine> Profile::watch(std::unique_ptr<Engine> engine) {
  if (!engine)
    return nullptr;
  return std::make_unique<WatchedEngine>(std::move(engine), *this);
}

//===----------------------------------------------------------------------===//
// Telling
//===----------------------------------------------------------------------===//

bool Profile::print(StringRef file, raw_ostream &os) const {
  if (file.empty())
    printTable(os);
  return file.empty() ||
         writeText(file, [this](raw_ostream &out) { printTrace(out); });
}

void Profile::printTable(raw_ostream &os) const {
  struct Row {
    double milliseconds = 0;
    int64_t calls = 0;
  };
  std::map<std::string, Row> rows;
  Row total;
  for (const Event &event : events) {
    if (event.step < 0)
      continue;
    std::chrono::duration<double, std::milli> time = event.end - event.begin;
    for (Row *row : {&rows[steps[event.step].title], &total}) {
      row->milliseconds += time.count();
      row->calls += 1;
    }
  }
  SmallVector<std::pair<std::string, Row>> sorted(rows.begin(), rows.end());
  llvm::stable_sort(sorted, [](const auto &a, const auto &b) {
    return a.second.milliseconds > b.second.milliseconds;
  });
  sorted.push_back({"total", total});
  os << "        ms      %  operations  node\n";
  for (const auto &[title, row] : sorted)
    os << format("%10.3f %6.1f %11lld  ", row.milliseconds,
                 total.milliseconds > 0
                     ? 100 * row.milliseconds / total.milliseconds
                     : 0,
                 static_cast<long long>(row.calls))
       << title << "\n";
}

void Profile::printTrace(raw_ostream &os) const {
  Clock::time_point start = last;
  for (const Event &event : events)
    start = std::min(start, event.begin);
  auto microseconds = [](Clock::duration time) {
    return std::chrono::duration<double, std::micro>(time).count();
  };
  json::OStream json(os);
  auto printEvent = [&](const Event &event) {
    const Step *step = event.step < 0 ? nullptr : &steps[event.step];
    json.attribute("name", !step ? "run"
                           : step->nodes.empty()
                               ? step->kind
                               : json::fixUTF8(join(step->nodes, " + ")));
    json.attribute("cat", step ? step->kind : "run");
    json.attribute("ph", "X");
    json.attribute("ts", microseconds(event.begin - start));
    json.attribute("dur", microseconds(event.end - event.begin));
    json.attribute("pid", 1);
    json.attribute("tid", 1);
    if (step)
      json.attributeObject("args", [&] {
        json.attributeArray("nodes", [&] {
          for (const std::string &node : step->nodes)
            json.value(json::fixUTF8(node));
        });
      });
  };
  json.object([&] {
    json.attributeArray("traceEvents", [&] {
      for (const Event &event : events)
        json.object([&] { printEvent(event); });
    });
  });
  os << "\n";
}
