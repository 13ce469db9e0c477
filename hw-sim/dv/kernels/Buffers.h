//===- Buffers.h - Memories of a kernel, cut into slots ---------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A kernel's loops ask for what they need next; a buffer knows whether it is on
// chip, and if not loads it over what has not been used for longest. So the
// order of loops and the number of slots decide what is read twice, and two
// slots are double buffering: LD waits for whoever used the slot before last.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_HWSIM_DV_KERNELS_BUFFERS_H
#define SYSTOLE_HWSIM_DV_KERNELS_BUFFERS_H

#include "hw-sim/dv/kernels/Kernels.h"
#include "hw-sim/dv/kernels/Schedule.h"
#include <map>
#include <memory>

namespace systole::sim {

/// DRAM base registers, in LD and ST: what each points at.
enum BaseRegister : uint32_t {
  kInput,
  kOperand,
  kWeights,
  kParameters,
  kActivations
};

inline isa::Element elementOf(bool isUnsigned) {
  return isUnsigned ? isa::Element::UInt8 : isa::Element::Int8;
}

/// The program that is being written, and its DRAM.
class Kernel {
public:
  explicit Kernel(const Machine &machine) : machine(machine) {}

  /// Gives a tensor its place, and points a base register of LD (input) or ST
  /// (output) at it.
  void addTensor(const char *name, isa::Tensor::Role role, BaseRegister base,
                 const DramPicture &picture, isa::Element element);
  /// The same for constants; without bytes nothing happens.
  void addConstants(BaseRegister base, std::vector<uint8_t> bytes);
  /// LD of a transfer to `target` on chip, and ST from `source` on chip.
  void load(isa::LoadTarget to, BaseRegister base, const Transfer &transfer,
            int64_t target, const Schedule::Parts &writes, uint8_t fill = 0);
  void store(isa::StoreSource from, const Transfer &transfer, int64_t source,
             const Schedule::Parts &reads);
  /// The image, unless DRAM is too small.
  MaybeImage finish(const std::string &name, const std::string &op,
                    std::string &problem);

  int64_t lanes() const { return machine.lanes(); }

  const Machine &machine;
  Schedule schedule;

private:
  /// A base register that follows a tensor.
  struct Follower {
    isa::Format format;
    uint32_t base, tensor;
  };

  uint64_t place(uint64_t bytes);

  isa::Image image;
  std::vector<Follower> followers;
  /// The next free byte of DRAM. Not 0: a base register that is 0 needs no
  /// setting, and could not be relocated.
  uint64_t free = 4096;
};

/// Equal pieces of a memory, found by what they hold.
class Slots {
public:
  using Key = std::pair<int64_t, int64_t>;
  struct Slot {
    int64_t first = 0;
    Part part = {};
    Key key = {-1, -1};
    uint64_t lastUse = 0;
  };

  /// `count` slots of `units` from `first` on. Precondition: there is one.
  Slots(int64_t first, int64_t units, int64_t count);

  /// Slots of `units` in two halves of `half` units, turn by turn, so that who
  /// fills one and who empties the one before use different halves.
  static Slots pingPong(int64_t half, int64_t units);

  /// The slot that holds `key`; `isNew` where it still has to be filled.
  Slot &find(Key key, bool &isNew);
  /// Just another slot.
  Slot &next();

private:
  explicit Slots(std::vector<Slot> slots) : slots(std::move(slots)) {}

  std::vector<Slot> slots;
  std::map<Key, size_t> places;
  uint64_t uses = 0;
};

/// Rows and columns of outputs.
struct Tile {
  int64_t y, x, height, width;

  int64_t size() const { return height * width; }
};

/// What a product sums up at a time: taps, and blocks of channels.
struct Slice {
  int64_t tapY, tapX, tapsY, tapsX, block, blocks;
};

/// A windowed operation: what its input is, and its taps.
struct Geometry {
  DramPicture input;
  Taps taps;

  int64_t outHeight() const { return taps.outHeight(input.height); }
  int64_t outWidth() const { return taps.outWidth(input.width); }
  /// Input that a tile reads, as if the picture had no edges.
  Box reach(const Tile &tile, const Slice &slice) const;
  /// Words of a tile's input, at most.
  int64_t reachWords(int64_t height, int64_t width, const Slice &slice) const;
};

/// What of an operation no instruction can say, or ""; sizes are from 1 on.
std::string geometryProblem(const Geometry &geometry, int64_t lanes);

/// The most rows, or columns, that edges can tell apart.
inline constexpr int64_t kMaxReach = INT16_MAX;

/// An 'input' that mm, dw or vx reads: everything that depends on where it is.
struct View {
  int64_t source = 0;
  isa::Pitch pitch;
  isa::Ring ring;
  isa::Edge edge;
  bool edged = false;
  Schedule::Parts parts;

  /// Fits a configuration to it; `window` gets only `edged`.
  template <typename Config>
  void apply(Config &config) const {
    config.pitch = pitch;
    config.window.edged = edged;
    if (edged)
      config.edge = edge;
    config.ring = ring;
  }
};

/// A picture on chip, or as much of it as is needed now.
class InputBuffer {
public:
  virtual ~InputBuffer() = default;
  /// The input of `part`, which lies in `tile`: loads what is missing of the
  /// tile's, or of the part's where less can be loaded.
  virtual View view(const Tile &tile, const Tile &part, const Slice &slice) = 0;
};

/// How an input is kept.
struct InputPlan {
  enum Kind {
    /// Rectangles around tiles, with the rows that neighbours share.
    Rectangles,
    /// A ring of whole rows: each row is loaded once. Groups of channels
    /// follow each other in it.
    Bands,
    /// Windows, packed by ld.window.
    Windows
  };
  Kind kind = Rectangles;
  /// Words of a slot, or of a band; how many there are; of bands, their rows,
  /// and words from row to row.
  int64_t words = 0, count = 0, rows = 0, pitch = 0;
  /// Everything fits at once; loads overlap with work.
  bool isResident = false, overlaps = false;
};

/// Ways to keep an input in the first `words` scratchpad words if tiles have
/// this size and `slices` slices of up to `slice`; `wholeChannels`: bands have
/// all channels. Else each row may have a bank of its own: who reads two words
/// of a column at once finds them in two banks.
std::vector<InputPlan> inputPlans(const Machine &machine,
                                  const Geometry &geometry, const Tile &largest,
                                  const Slice &slice, int64_t slices,
                                  int64_t words, bool wholeChannels);

/// `first`: the first of its scratchpad words.
std::unique_ptr<InputBuffer> makeInputBuffer(Kernel &kernel,
                                             const Geometry &geometry,
                                             const InputPlan &plan,
                                             BaseRegister base, int64_t first,
                                             bool wholeChannels, uint8_t fill);

} // namespace systole::sim

#endif // SYSTOLE_HWSIM_DV_KERNELS_BUFFERS_H
