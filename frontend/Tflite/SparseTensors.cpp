//===- SparseTensors.cpp - Sparse constants of a TFLite file --------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A sparse constant is a tree: a level for each dimension, in
// `traversal_order`, then one for each dimension of blocks, which `block_map`
// says what dimension they cut. A dense level has all indices; a compressed one
// those from segments[parent] to segments[parent + 1] of its list. Leaves are
// the values, in order (the format of Kjolstad et al., "The Tensor Algebra
// Compiler", 2017).
//
//===----------------------------------------------------------------------===//

#include "dialects/Graph/IR/GraphDialect.h"
#include "frontend/Tflite/Tensors.h"

using namespace mlir;

namespace systole::tflite {

namespace {
/// One level of the tree.
struct Level {
  /// What its indices are of: a dimension, or behind those one of blocks.
  int64_t dimension = 0;
  bool isDense = true;
  int64_t size = 0;
  SmallVector<int64_t> segments, indices;
};

class SparseReader {
public:
  SparseReader(llvm::ArrayRef<int64_t> shape, const fb::Sparsity &sparsity)
      : shape(shape), sparsity(sparsity) {}

  /// What is wrong with the tree, or "".
  std::string read();
  /// Calls `found` with each value's number and its place in row-major order.
  template <typename Found>
  bool walk(Found found) {
    index.assign(levels.size(), 0);
    return visit(0, 0, found);
  }

private:
  std::string readLevel(const fb::DimensionMetadata &metadata, Level &level);
  int64_t place() const;
  template <typename Found>
  bool visit(size_t depth, int64_t parent, Found &found);

  llvm::ArrayRef<int64_t> shape;
  const fb::Sparsity &sparsity;
  SmallVector<Level> levels;
  SmallVector<int64_t> blockMap, blockSizes, index;
};
} // namespace

/// The numbers of one of the kinds of vectors.
static SmallVector<int64_t> numbersOf(fb::IndexVector kind, const void *list) {
  SmallVector<int64_t> numbers;
  auto take = [&](const auto *vector) {
    if (vector && vector->values())
      numbers.assign(vector->values()->begin(), vector->values()->end());
  };
  if (kind == fb::IndexVector_Int32Vector)
    take(static_cast<const fb::Int32Vector *>(list));
  else if (kind == fb::IndexVector_Uint16Vector)
    take(static_cast<const fb::Uint16Vector *>(list));
  else if (kind == fb::IndexVector_Uint8Vector)
    take(static_cast<const fb::Uint8Vector *>(list));
  return numbers;
}

std::string SparseReader::readLevel(const fb::DimensionMetadata &metadata,
                                    Level &level) {
  level.isDense = metadata.format() == fb::DimensionFormat_DENSE;
  if (level.isDense)
    return metadata.dense_size() == level.size
               ? ""
               : "a level of its tree has not the size of its dimension";
  level.segments =
      numbersOf(metadata.array_segments_type(), metadata.array_segments());
  level.indices =
      numbersOf(metadata.array_indices_type(), metadata.array_indices());
  bool good = !level.segments.empty() && level.segments.front() == 0 &&
              level.segments.back() <= int64_t(level.indices.size()) &&
              llvm::is_sorted(level.segments);
  for (int64_t i : level.indices)
    good &= i >= 0 && i < level.size;
  return good ? "" : "a compressed level of its tree is damaged";
}

std::string SparseReader::read() {
  llvm::append_range(blockMap, list(sparsity.block_map()));
  SmallVector<int64_t> order;
  llvm::append_range(order, list(sparsity.traversal_order()));
  auto metadata = tables(sparsity.dim_metadata());
  size_t rank = shape.size(), depth = rank + blockMap.size();
  SmallVector<bool> isSeen(depth, false);
  bool good = order.size() == depth && metadata.size() == depth;
  for (size_t l = 0; good && l < depth; ++l) {
    good = order[l] >= 0 && order[l] < int64_t(depth) && !isSeen[order[l]];
    if (good)
      isSeen[order[l]] = true;
  }
  if (!good)
    return "its tree does not have a level for each dimension";
  // Blocks cut dimensions into fewer, each of which is as large as they are.
  SmallVector<int64_t> sizes(shape);
  for (size_t i = 0; i < blockMap.size(); ++i) {
    auto level = llvm::find(order, int64_t(rank + i)) - order.begin();
    int64_t size = metadata[level]->dense_size(), cut = blockMap[i];
    if (cut < 0 || cut >= int64_t(rank) || size < 1 || sizes[cut] % size != 0)
      return "its blocks do not fit its dimensions";
    sizes[cut] /= size;
    sizes.push_back(size);
    blockSizes.push_back(size);
  }
  for (size_t l = 0; l < depth; ++l) {
    Level level;
    level.dimension = order[l];
    level.size = sizes[order[l]];
    std::string problem = readLevel(*metadata[l], level);
    if (!problem.empty())
      return problem;
    levels.push_back(std::move(level));
  }
  return "";
}

int64_t SparseReader::place() const {
  SmallVector<int64_t> at(index.begin(), index.begin() + shape.size());
  for (size_t i = 0; i < blockMap.size(); ++i)
    at[blockMap[i]] = at[blockMap[i]] * blockSizes[i] + index[shape.size() + i];
  int64_t place = 0;
  for (size_t d = 0; d < shape.size(); ++d)
    place = place * shape[d] + at[d];
  return place;
}

template <typename Found>
bool SparseReader::visit(size_t depth, int64_t parent, Found &found) {
  if (depth == levels.size())
    return found(parent, place());
  const Level &level = levels[depth];
  int64_t &here = index[level.dimension];
  if (level.isDense) {
    for (here = 0; here < level.size; ++here)
      if (!visit(depth + 1, parent * level.size + here, found))
        return false;
    return true;
  }
  if (parent + 1 >= int64_t(level.segments.size()))
    return false;
  for (int64_t i = level.segments[parent]; i < level.segments[parent + 1];
       ++i) {
    here = level.indices[i];
    if (!visit(depth + 1, i, found))
      return false;
  }
  return true;
}

std::optional<graph::Tensor> readSparse(MLIRContext *context,
                                        const fb::Tensor &tensor,
                                        llvm::StringRef bytes,
                                        std::string &error) {
  Type type = elementTypeOf(context, tensor.type());
  int64_t each = type && !type.isInteger(1) && !type.isInteger(4)
                     ? graph::elementBytes(type)
                     : 0;
  if (each == 0 || isa<graph::StringType>(type)) {
    error = "sparse constants of type " + typeName(tensor.type()) +
            " are not supported";
    return std::nullopt;
  }
  SmallVector<int64_t> shape;
  llvm::append_range(shape, list(tensor.shape()));
  if (llvm::any_of(shape, [](int64_t size) { return size < 1; })) {
    error = "a dimension of it is not positive";
    return std::nullopt;
  }
  SparseReader reader(shape, *tensor.sparsity());
  error = reader.read();
  if (!error.empty())
    return std::nullopt;
  auto dense = graph::Tensor::tryAllocate(type, shape);
  if (failed(dense)) {
    error = "it does not fit into memory";
    return std::nullopt;
  }
  int64_t count = bytes.size() / each;
  bool good = reader.walk([&](int64_t value, int64_t place) {
    if (value >= count)
      return false;
    std::memcpy(dense->data() + place * each, bytes.data() + value * each,
                each);
    return true;
  });
  if (good)
    return *dense;
  error = "its tree names values that it does not have";
  return std::nullopt;
}

} // namespace systole::tflite
