//===- Ordering.cpp - What is over before what ----------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "hw-sim/checker/Ordering.h"
#include <algorithm>

using namespace systole::isa;

namespace systole::sim {

Order Ordering::add(Engine engine, const Tokens &work) {
  Order order;
  order.engine = static_cast<unsigned>(engine);
  Clock &clock = engines[order.engine];
  for (int8_t semaphore : {work.wait0, work.wait1}) {
    if (semaphore < 0)
      continue;
    const Clock &given = tokens[semaphore].front();
    for (unsigned i = 0; i < kEngineCount; ++i)
      clock[i] = std::max(clock[i], given[i]);
    tokens[semaphore].pop_front();
  }
  order.before = clock;
  order.number = ++issued[order.engine];
  clock[order.engine] = order.number;
  // A signal covers this instruction and all that came before it: `clock`.
  for (int8_t semaphore : {work.signal0, work.signal1})
    if (semaphore >= 0)
      tokens[semaphore].push_back(clock);
  return order;
}

} // namespace systole::sim
