//===- InspectVerb.cpp - systole inspect ----------------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A model that can be read but holds unsupported operators is shown all the
// same: telling that is what the verb is for. Only an unreadable one is an
// error.
//
//===----------------------------------------------------------------------===//

#include "frontend/Common/ProgramFile.h"
#include "passes/Analysis/Costs.h"
#include "tools/systole/CompiledModel.h"
#include "tools/systole/Model.h"
#include "tools/systole/Program.h"
#include "tools/systole/Summary.h"
#include "tools/systole/Verbs.h"

using namespace llvm;
using namespace systole;
using namespace systole::driver;

static ExitStatus print(const Arguments &arguments, const Summary &summary) {
  if (arguments.has("--json"))
    printJson(summary, outs());
  else
    printTable(messageSubject(), summary, outs());
  return kSuccess;
}

ExitStatus systole::driver::inspectVerb(const Arguments &arguments) {
  std::optional<frontend::ImportOptions> options = parseModelOptions(arguments);
  if (!options)
    return kUsage;
  std::optional<frontend::SourceFile> source =
      openModel(arguments.positional());
  if (!source)
    return kFailure;
  if (frontend::isProgram(*source))
    return inspectProgram(arguments, *source);
  Summary summary;
  if (compiledKind(source->bytes) != CompiledKind::None) {
    if (!summariseCompiled(*source, summary))
      return kFailure;
    return print(arguments, summary);
  }
  ModelContext context;
  frontend::ImportResult model =
      frontend::importModel(context.get(), *source, *options);
  summary.model = std::move(model.summary);
  bool onlyUnsupported =
      !summary.model.nodes.empty() &&
      model.problems.size() == summary.model.unsupported.size();
  if (!model.module && !onlyUnsupported) {
    errs() << frontend::formatProblems(source->path, model.problems);
    return kFailure;
  }
  if (model.module) {
    addCosts(*model.module, summary);
    // Formats with initialisers count them; in our own text they are constants.
    if (summary.model.format == "mlir")
      summary.model.parameters = graph::countParameters(*model.module);
  }
  return print(arguments, summary);
}
