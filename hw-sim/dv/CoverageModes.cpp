//===- CoverageModes.cpp - What the fields of programs have said ----------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "hw-sim/dv/Coverage.h"
#include "hw-sim/isa/Formats.h"
#include "hw-sim/model/Extents.h"

using namespace systole::isa;

namespace systole::sim {

//===----------------------------------------------------------------------===//
// Opcodes, choices, signs
//===----------------------------------------------------------------------===//

/// The bins of a field, and which of them a value hits.
static std::vector<std::string> binsOf(const FieldInfo &field) {
  std::vector<std::string> bins;
  if (field.choices)
    for (const CaseInfo &entry : *field.choices)
      bins.push_back(entry.name);
  else if (field.kind == Kind::Flag)
    bins = {"0", "1"};
  else if (field.kind == Kind::Signed)
    bins = {"negative", "zero", "positive"};
  return bins;
}
static size_t binOf(const FieldInfo &field, int64_t value) {
  return field.kind == Kind::Signed ? (value > 0) - (value < 0) + 1 : value;
}
static const char *groupOf(const FieldInfo &field) {
  return field.kind == Kind::Signed ? "sign" : "mode";
}

void Coverage::declareFields() {
  std::vector<const FormatInfo *> formats;
  for (unsigned i = 0; i < kFormatCount; ++i) {
    const FormatInfo &info = infoOf(static_cast<Format>(i));
    if (info.engine < 0 || hasEngine(static_cast<Engine>(info.engine)))
      formats.push_back(&info);
  }
  for (const FormatInfo *info : formats)
    declare("opcode", info->mnemonic);
  for (const char *group : {"mode", "sign"})
    for (const FormatInfo *info : formats)
      for (const FieldInfo &field : info->payload())
        for (const std::string &bin : binsOf(field))
          if (std::string_view(groupOf(field)) == group &&
              (machine.hasDepthwise() || (bin != "dw" && bin != "depthwise")))
            declare(group,
                    std::string(info->mnemonic) + " " + field.name + "=" + bin);
}

void Coverage::countFields(const Word &word, const Instruction &instruction) {
  const FormatInfo &info = infoOf(instruction.format);
  hit("opcode", info.mnemonic);
  for (const FieldInfo &field : info.payload())
    if (std::vector<std::string> bins = binsOf(field); !bins.empty())
      hit(groupOf(field), std::string(info.mnemonic) + " " + field.name + "=" +
                              bins[binOf(field, field.get(word))]);
}

//===----------------------------------------------------------------------===//
// Roundings, windows, operands in place
//===----------------------------------------------------------------------===//

static std::string nameOf(const EnumInfo &choices, unsigned value) {
  return choices.cases[value].name;
}

/// The list of a choice, found by a field that has it.
static const EnumInfo &choicesOf(Format format, std::string_view name) {
  for (const FieldInfo &field : infoOf(format).payload())
    if (field.name == name)
      return *field.choices;
  abort();
}

void Coverage::declareModes() {
  const EnumInfo &roundings = choicesOf(Format::SetVxRescale, "rounding");
  const EnumInfo &combines = choicesOf(Format::SetVxStages, "combine");
  for (const CaseInfo &rounding : roundings)
    for (const char *column : {"", " per column"}) {
      declare("rounding", std::string("rescale ") + rounding.name + column);
      declare("rounding", std::string("result ") + rounding.name + column);
    }
  for (const CaseInfo &rounding : roundings)
    for (unsigned i = 1; i < combines.count; ++i)
      if (Combine(i) != Combine::RowMultiply)
        declare("rounding",
                std::string(combines.cases[i].name) + " " + rounding.name);
  for (const char *engine : {"mm", "dw", "vx"})
    if (std::string_view(engine) != "dw" || machine.hasDepthwise())
      for (const char *bin :
           {"all taps inside", "taps outside", "wrapped ring", "straight ring"})
        declare("window", std::string(engine) + " " + bin);
  declare("in place", "source");
  declare("in place", "operand");
}

void Coverage::countPicture(const std::string &engine,
                            const PictureView &picture) {
  bool isOutside = false, wraps = false;
  for (int64_t y = 0; y < picture.height; ++y)
    for (int64_t ky = 0; ky < picture.window.kernelY; ++ky)
      for (int64_t x = 0; x < picture.width; ++x)
        for (int64_t kx = 0; kx < picture.window.kernelX; ++kx) {
          int64_t row = picture.rowOf(y, ky), column = picture.columnOf(x, kx);
          isOutside |= !picture.isInside(row, column);
          int64_t plain =
              picture.source + row * picture.pitch.y + column * picture.pitch.x;
          wraps |= picture.isInside(row, column) &&
                   picture.addressOf(row, column, 0) != plain;
        }
  hit("window", engine + (isOutside ? " taps outside" : " all taps inside"));
  if (picture.ring.size > 0)
    hit("window", engine + (wraps ? " wrapped ring" : " straight ring"));
}

void Coverage::countModes(const Configuration &configuration,
                          const Instruction &instruction) {
  const VxConfig &vx = configuration.vx;
  switch (instruction.format) {
  case Format::Matmul:
    return countPicture("mm", {configuration.mm, instruction.as<Stream>()});
  case Format::Depthwise:
    return countPicture("dw", {configuration.dw, instruction.as<Stream>()});
  case Format::Reduce:
    return countPicture("vx", {vx, instruction.as<Reduce>()});
  case Format::Vector:
    break;
  default:
    return;
  }
  const Vector &work = instruction.as<Vector>();
  countPicture("vx", {vx, work});
  const EnumInfo &roundings = choicesOf(Format::SetVxRescale, "rounding");
  const EnumInfo &combines = choicesOf(Format::SetVxStages, "combine");
  auto count = [&](const std::string &step, const Rescale &rescale) {
    hit("rounding", step + nameOf(roundings, unsigned(rescale.rounding)) +
                        (rescale.perColumn ? " per column" : ""));
  };
  count("rescale ", vx.rescale);
  if (vx.stages.combine != Combine::None) {
    count("result ", vx.result);
    hit("rounding", nameOf(combines, unsigned(vx.stages.combine)) + " " +
                        nameOf(roundings, unsigned(vx.result.rounding)));
  }
  if (memoryOf(vx.stages.source) == Memory::Scratchpad &&
      work.source == int64_t(work.target))
    hit("in place", "source");
  if (usesOperand(vx) && work.operand == work.target)
    hit("in place", "operand");
}

} // namespace systole::sim
