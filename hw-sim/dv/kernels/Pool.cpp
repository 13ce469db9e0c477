//===- Pool.cpp - Maxima and averages -------------------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "hw-sim/dv/kernels/Channelwise.h"

using namespace systole::isa;

namespace systole::sim {

static MaybeImage poolProgram(const Machine &machine, const PoolSpec &spec,
                              const Geometry &geometry, const ChannelPlan &plan,
                              std::string &problem) {
  Kernel kernel(machine);
  Element element = spec.isUnsigned ? Element::UInt8 : Element::Int8;
  DramPicture output = outputOf(geometry);
  kernel.addTensor("x", Tensor::Role::Input, kInput, spec.input, element);
  kernel.addTensor("y", Tensor::Role::Output, kInput, output, element);
  VxConfig &vx = kernel.schedule.config.vx;
  vx.stages.source = spec.isUnsigned ? VectorSource::Uint8 : VectorSource::Int8;
  vx.stages.pool = spec.isMax ? Pool::Max : Pool::Average;
  vx.stages.countOutside = !spec.isMax && spec.countsOutside;
  Slots outputs(plan.regions[0].first, plan.regions[0].words / plan.outputSlots,
                plan.outputSlots);
  forEachTile(
      kernel, geometry, plan,
      [&](const Tile &tile, const View &view, int64_t first, int64_t count) {
        setWindow(spec.taps, count, vx.window);
        view.apply(vx);
        Box box = {tile.y, tile.x, first, tile.height, tile.width, count};
        Pitch pitch = pitchOf(output, box);
        vx.target.x = pitch.x;
        vx.target.y = pitch.y;
        vx.target.channel = pitch.channel;
        Slots::Slot &out = outputs.next();
        Vector work;
        work.source = view.source;
        work.target = out.first;
        work.width = tile.width;
        work.height = tile.height;
        kernel.schedule.add(Format::Vector, work, view.parts, {&out.part});
        for (const Transfer &transfer :
             transfersOf(output, box, kernel.lanes(), pitch))
          kernel.store(StoreSource::Scratchpad, transfer, out.first,
                       {&out.part});
      });
  return kernel.finish("pool", spec.isMax ? "MaxPool" : "AveragePool", problem);
}

MaybeImage makePool(const Machine &machine, const PoolSpec &spec,
                    std::string &problem) {
  Geometry geometry = {spec.input, spec.taps};
  int64_t taps = spec.taps.height * spec.taps.width;
  problem = geometryProblem(geometry, machine.lanes());
  if (!problem.empty())
    return std::nullopt;
  EngineLimits limits = {(1 << 24) / taps, 128, 4096, 16384, 1};
  std::vector<ChannelPlan> plans = planChannels(machine, geometry, limits);
  if (plans.empty()) {
    problem = "the scratchpad of machine '" + machine.name +
              "' does not hold one window of " + std::to_string(taps) + " taps";
    return std::nullopt;
  }
  return chooseChannels(machine, plans, [&](const ChannelPlan &plan) {
    return poolProgram(machine, spec, geometry, plan, problem);
  });
}

} // namespace systole::sim
