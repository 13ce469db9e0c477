//===- Model.cpp - Opens a TFLite file ------------------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Recognises the format, checks the whole file, and hands it to Importer.
//
//===----------------------------------------------------------------------===//

#include "frontend/Tflite/Importer.h"

namespace systole::tflite {

/// The format's identifier stands behind the first word.
static int recogniseTflite(const frontend::SourceFile &source) {
  return source.bytes.size() >= 8 && source.bytes.substr(4, 4) == "TFL3" ? 100
                                                                         : 0;
}

void importTflite(mlir::MLIRContext &context,
                  const frontend::SourceFile &source,
                  const frontend::ImportOptions &options,
                  frontend::ImportResult &result) {
  const fb::Model *model = openModel(source.bytes, result.problems);
  if (model)
    checkModel(*model, source.bytes, result.problems);
  if (model && result.problems.empty())
    Importer(context, source, *model, options, result).run();
}

static frontend::RegisterFormat registration({"tflite", recogniseTflite,
                                              importTflite});

} // namespace systole::tflite
