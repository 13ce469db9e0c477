//===- KernelVerb.cpp - Reference kernels from the command line -----------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "hw-sim/dv/KernelVerb.h"
#include "hw-sim/dv/Randomness.h"
#include "hw-sim/model/CycleEstimate.h"
#include <cstring>

using namespace systole::isa;

namespace systole::sim {

const char kKernelHelp[] =
    R"(kernel  makes an image: matmul, conv, depthwise, maxpool, averagepool or add
  --output=FILE      where it goes
  --height=N --width=N --channels=N --columns=N
                     of the input (1, 64, 64), and of a product's output (64);
                     a matmul has no height
  --kernel=YxX --stride=YxX --dilation=YxX (1x1)  --pad=TOPxLEFTxBOTTOMxRIGHT
  --layout=rows|blocks           order in DRAM: y, x, channel (rows), or
                                 blocks of R channels
  --rounding=none|double|single|float
                     how int32 becomes int8 (double)
  --weights=constants|rows|transposed  of a matmul: random constants, or an
                                 input of K x N or N x K
  --unsigned         uint8 instead of int8
  --raw              int32 instead of int8
  --add              a second picture is added to a product
  --seed=N           of the constants (0)
)";

/// "3x3" as numbers, one for each place.
static std::string readNumbers(const std::string &text, int64_t minimum,
                               int64_t maximum,
                               std::initializer_list<int64_t *> to) {
  const char *at = text.c_str();
  for (int64_t *number : to) {
    char *end = nullptr;
    *number = strtoll(at, &end, 10);
    bool isLast = number == to.end()[-1];
    if (end == at || *end != (isLast ? '\0' : 'x') || *number < minimum ||
        *number > maximum)
      return "'" + text + "' is to be " + std::to_string(to.size()) +
             " number" + (to.size() > 1 ? "s with x between them" : "") +
             " from " + std::to_string(minimum) + " to " +
             std::to_string(maximum);
    at = end + 1;
  }
  return "";
}

/// The place of `text` in a list, into `to`.
template <typename T>
static std::string readChoice(const std::string &text,
                              std::initializer_list<const char *> names,
                              T &to) {
  std::string all;
  int value = 0;
  for (const char *name : names) {
    if (text == name) {
      to = static_cast<T>(value);
      return "";
    }
    all += (value++ ? ", " : "") + std::string(name);
  }
  return "'" + text + "' is none of " + all;
}

bool KernelVerb::read(const std::string &name, const std::string &value,
                      std::string &problem) {
  Taps &t = taps;
  if (name == "--output")
    output = value;
  else if (name == "--height")
    problem = readNumbers(value, 1, 65536, {&height});
  else if (name == "--width")
    problem = readNumbers(value, 1, 65536, {&width});
  else if (name == "--channels")
    problem = readNumbers(value, 1, 65536, {&channels});
  else if (name == "--columns")
    problem = readNumbers(value, 1, 65536, {&columns});
  else if (name == "--kernel")
    problem = readNumbers(value, 1, 256, {&t.height, &t.width});
  else if (name == "--stride")
    problem = readNumbers(value, 1, 32, {&t.strideY, &t.strideX});
  else if (name == "--dilation")
    problem = readNumbers(value, 1, 256, {&t.dilationY, &t.dilationX});
  else if (name == "--pad")
    problem =
        readNumbers(value, 0, 4096, {&t.top, &t.left, &t.bottom, &t.right});
  else if (name == "--layout")
    problem = readChoice(value, {"rows", "blocks"}, layout);
  else if (name == "--rounding")
    problem =
        readChoice(value, {"none", "double", "single", "float"}, rounding);
  else if (name == "--weights")
    problem = readChoice(value, {"constants", "rows", "transposed"}, weights);
  else if (name == "--unsigned")
    isUnsigned = true;
  else if (name == "--raw")
    isRaw = true;
  else if (name == "--add")
    hasAddition = true;
  else
    return false;
  return true;
}

DramPicture KernelVerb::pictureOf() const {
  return {height, width, channels, layout, 1};
}

/// A scale that spreads sums of `terms` products over all values.
static Requantization scaleOf(Rounding rounding, int64_t terms,
                              bool isUnsigned) {
  Requantization r;
  r.rounding = rounding;
  int magnitude = 7;
  while (terms >>= 2)
    ++magnitude;
  r.shifts = {
      int8_t(rounding == Rounding::Single ? 30 + magnitude : 1 - magnitude)};
  if (rounding == Rounding::Float)
    r.multipliers = {uint32_t(127 - magnitude) << 23};
  if (isUnsigned) {
    r.zeroPoint = 128;
    r.low = 0;
    r.high = 255;
  }
  return r;
}

/// The sum of both, halved, as TFLite does it.
static Addition additionOf(bool isUnsigned) {
  Addition a;
  a.type = {isUnsigned, isUnsigned ? 128 : 0};
  a.scale.multiplier0 = a.scale.multiplier1 = 1u << 30;
  a.scale.left = 20;
  a.result = scaleOf(Rounding::Double, 1, isUnsigned);
  a.result.shifts = {-19};
  return a;
}

MaybeImage KernelVerb::makeWithWeights(const Machine &machine,
                                       const std::string &kind, uint64_t seed,
                                       std::string &problem) const {
  Randomness random(seed);
  auto fill = [&](std::vector<uint8_t> &bytes, int64_t count) {
    bytes.resize(count);
    for (uint8_t &byte : bytes)
      byte = uint8_t(random.next());
  };
  Quantity type = {isUnsigned, isUnsigned ? 128 : 0};
  int64_t terms = taps.height * taps.width;
  if (kind == "depthwise") {
    DepthwiseSpec spec;
    spec.input = pictureOf();
    spec.taps = taps;
    spec.inputType = type;
    spec.requantization = scaleOf(rounding, terms, isUnsigned);
    fill(spec.weights, terms * channels);
    return makeDepthwise(machine, spec, problem);
  }
  ProductSpec spec;
  spec.input = pictureOf();
  spec.taps = taps;
  spec.columns = columns;
  spec.inputType = type;
  spec.isRaw = isRaw;
  spec.weightSource = weights;
  terms *= channels;
  spec.requantization = scaleOf(rounding, terms, isUnsigned);
  if (weights == WeightSource::Packed)
    fill(spec.weights, terms * columns);
  if (hasAddition)
    spec.addition = additionOf(isUnsigned);
  return makeProduct(machine, spec, problem);
}

MaybeImage KernelVerb::make(const Machine &machine, const std::string &kind,
                            uint64_t seed, std::string &problem) const {
  bool isMatmul = kind == "matmul";
  bool hasTaps = taps.height * taps.width > 1 || taps.top || taps.left ||
                 taps.bottom || taps.right;
  if (isMatmul && (height > 1 || hasTaps))
    problem = "a matmul has no height and no taps";
  else if (!isMatmul && weights != WeightSource::Packed)
    problem = "only a matmul's weights may be an input";
  else if (isRaw && hasAddition)
    problem = "--raw leaves nothing to add to";
  else if (taps.outHeight(height) < 1 || taps.outWidth(width) < 1)
    problem = "the kernel is larger than the padded input";
  if (!problem.empty())
    return std::nullopt;
  if (isMatmul || kind == "conv" || kind == "depthwise")
    return makeWithWeights(machine, kind, seed, problem);
  if (kind == "maxpool" || kind == "averagepool")
    return makePool(machine,
                    {pictureOf(), taps, isUnsigned, kind == "maxpool", false},
                    problem);
  if (kind == "add")
    return makeAdd(machine,
                   {pictureOf(),
                    {isUnsigned, isUnsigned ? 128 : 0},
                    additionOf(isUnsigned)},
                   problem);
  problem = "unknown kernel '" + kind + "'";
  return std::nullopt;
}

std::string describeKernel(const Machine &machine, const Image &image) {
  ProgramEstimate estimate = estimateProgram(machine, image.program);
  auto text = [](uint64_t n) { return std::to_string(n); };
  return text(image.program.size()) + " instructions, " +
         text(estimate.counts.macs()) + " MACs, the array streams for " +
         text(estimate.streaming) + " cycles of about " +
         text(estimate.cycles) + "; DRAM " + text(estimate.counts.bytesRead) +
         " bytes read, " + text(estimate.counts.bytesWritten) + " written";
}

} // namespace systole::sim
