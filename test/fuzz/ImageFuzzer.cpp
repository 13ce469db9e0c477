//===- ImageFuzzer.cpp - Damaged images for the reader --------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Whatever the bytes: an image that is written again as it was, or a message.
// The checksum is ignored and the size put right, so that damage gets past the
// header. Run by test/fuzz/program.sh.
//
//===----------------------------------------------------------------------===//

#include "hw-sim/isa/ImageFormat.h"
#include "hw-sim/model/Machine.h"
#include <cstdlib>

using namespace systole;
using namespace systole::isa;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  std::vector<uint8_t> bytes(data, data + size);
  if (size >= kHeaderBytes)
    for (unsigned i = 0; i < 8; ++i)
      bytes[kFileBytesAt + i] = static_cast<uint8_t>(uint64_t(size) >> (8 * i));
  std::string problem;
  std::optional<Image> image =
      readImage(bytes.data(), bytes.size(), problem, Checksum::Ignore);
  // The reader's contract: an image exactly when there is no message.
  if (image.has_value() != problem.empty())
    abort();
  if (!image)
    return 0;
  if (!checkImage(*image).empty())
    abort();
  std::vector<uint8_t> written = writeImage(*image);
  std::optional<Image> again =
      readImage(written.data(), written.size(), problem);
  if (!again || !(*again == *image))
    abort();
  // What users of an image ask of it.
  image->relocated(std::vector<uint64_t>(image->tensors.size(), 4096));
  for (uint32_t i = 0; i < image->program.size(); ++i)
    image->nodeOf(i);
  sim::unmetRequirements(sim::Machine(), image->requirements,
                         image->capabilities());
  return 0;
}
