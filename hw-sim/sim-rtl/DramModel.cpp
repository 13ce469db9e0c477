//===- DramModel.cpp - DRAM at the pins of the RTL ------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "hw-sim/sim-rtl/DramModel.h"
#include <cstring>

namespace systole::sim {

void DramModel::sendBeat(const uint8_t *data, const uint8_t *strobes) {
  beats.push_back({std::vector<uint8_t>(data, data + width),
                   std::vector<uint8_t>(strobes, strobes + (width + 7) / 8)});
}

void DramModel::request(uint64_t cycle, DramRequester requester,
                        uint64_t address, uint64_t count) {
  uint64_t completion = timing.accept(cycle, requester, address, count * width);
  requests.push_back({requester, address, count, completion});
}

void DramModel::write(const Request &request) {
  writtenBytes += request.beats * width;
  for (uint64_t i = 0; i < request.beats; ++i, beats.pop_front())
    for (uint64_t byte = 0; byte < width; ++byte)
      if (beats.front().strobes[byte / 8] >> byte % 8 & 1)
        dram.write(request.address + i * width + byte,
                   &beats.front().data[byte], 1);
}

std::optional<DramModel::Answer> DramModel::answer(uint64_t cycle,
                                                   uint8_t *data) {
  if (requests.empty() ||
      cycle + requests.front().beats <= requests.front().completion)
    return std::nullopt;
  const Request &request = requests.front();
  Answer answer{request.requester, cycle == request.completion};
  if (request.requester != DramRequester::Store) {
    uint64_t beat = request.beats - 1 - (request.completion - cycle);
    uint64_t address = request.address + beat * width;
    // The last beat may reach behind the end.
    memset(data, 0, width);
    dram.read(address, data, std::min(width, dram.size() - address));
    readBytes += width;
  }
  if (answer.isLast) {
    if (request.requester == DramRequester::Store)
      write(request);
    requests.pop_front();
  }
  return answer;
}

} // namespace systole::sim
