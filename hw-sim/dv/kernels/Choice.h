//===- Choice.h - The fastest of several programs ---------------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Programs for the same are sorted by a first-order model, which knows neither
// conflicts nor where engines wait for each other; those that promise most are
// run on the cycle engine, as many as a budget of cycles allows.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_HWSIM_DV_KERNELS_CHOICE_H
#define SYSTOLE_HWSIM_DV_KERNELS_CHOICE_H

#include "hw-sim/dv/kernels/Kernels.h"
#include <algorithm>

namespace systole::sim {

/// What a program costs: its cycles, and those that DRAM takes, so that nothing
/// is loaded twice to win as many.
double estimatedCost(const Machine &machine, const isa::Image &image);
double measuredCost(const Machine &machine, const isa::Image &image);

/// Sorted programs, each with what it was made from.
template <typename Source>
class Choice {
public:
  explicit Choice(const Machine &machine) : machine(machine) {}

  /// The best `count` remain; the first of those that cost the same.
  void offer(Source source, isa::Image image, size_t count) {
    double cost = estimatedCost(machine, image);
    auto place = std::upper_bound(
        offers.begin(), offers.end(), cost,
        [](double value, const Offer &offer) { return value < offer.cost; });
    offers.insert(place, {cost, std::move(source), std::move(image)});
    if (offers.size() > count)
      offers.pop_back();
  }
  std::vector<Source> sources() const {
    std::vector<Source> all;
    for (const Offer &offer : offers)
      all.push_back(offer.source);
    return all;
  }
  /// The best by the cycle engine; nothing if nothing was offered.
  MaybeImage take() {
    Offer *best = nullptr;
    double least = 0, spent = 0;
    for (Offer &offer : offers) {
      if (best && spent + offer.cost > kBudget)
        break;
      spent += offer.cost;
      double cost = measuredCost(machine, offer.image);
      if (best && cost >= least)
        continue;
      best = &offer;
      least = cost;
    }
    return best ? MaybeImage(std::move(best->image)) : std::nullopt;
  }

private:
  /// Cycles that are simulated to choose: less than a second's.
  static constexpr double kBudget = 4e6;

  struct Offer {
    double cost;
    Source source;
    isa::Image image;
  };
  const Machine &machine;
  std::vector<Offer> offers;
};

} // namespace systole::sim

#endif // SYSTOLE_HWSIM_DV_KERNELS_CHOICE_H
