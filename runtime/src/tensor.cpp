//===- tensor.cpp - Element types and tensor memory -----------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/src/tensor.h"

using namespace systole::rt;

/// Indexed by systole_dtype.
static const DtypeInfo dtypes[] = {
    {"invalid", "", 0, '?', 0},
    {"bool", "|b1", 1, 'b', 8},
    {"int8", "|i1", 1, 'i', 8},
    {"int16", "<i2", 2, 'i', 16},
    {"int32", "<i4", 4, 'i', 32},
    {"int64", "<i8", 8, 'i', 64},
    {"uint8", "|u1", 1, 'u', 8},
    {"uint16", "<u2", 2, 'u', 16},
    {"uint32", "<u4", 4, 'u', 32},
    {"uint64", "<u8", 8, 'u', 64},
    {"float16", "<f2", 2, 'f', 16},
    {"bfloat16", "<V2", 2, 'f', 16},
    {"float32", "<f4", 4, 'f', 32},
    {"float64", "<f8", 8, 'f', 64},
    {"float8_e4m3fn", "|V1", 1, 'f', 8},
    {"float8_e5m2", "|V1", 1, 'f', 8},
    {"float8_e4m3fnuz", "|V1", 1, 'f', 8},
    {"float8_e5m2fnuz", "|V1", 1, 'f', 8},
    {"float4_e2m1fn", "|V1", 1, 'f', 4},
    {"int4", "|i1", 1, 'i', 4},
    {"uint4", "|u1", 1, 'u', 4},
    {"int2", "|i1", 1, 'i', 2},
    {"uint2", "|u1", 1, 'u', 2},
    {"complex64", "<c8", 8, 'c', 64},
    {"complex128", "<c16", 16, 'c', 128},
    {"float8_e8m0fnu", "|V1", 1, 'f', 8},
    {"string", "|S", sizeof(systole_string), 's', 128},
};

const DtypeInfo &systole::rt::dtypeInfo(uint32_t dtype) {
  return dtypes[dtype < sizeof(dtypes) / sizeof(dtypes[0]) ? dtype : 0];
}

bool systole::rt::tensorBytes(const int64_t *dims, int64_t rank,
                              int64_t elementBytes, int64_t &bytes) {
  constexpr int64_t largest = int64_t(1) << 46;
  bool empty = false;
  for (int64_t i = 0; i < rank; ++i) {
    if (dims[i] < 0 || dims[i] > largest)
      return false;
    empty |= dims[i] == 0;
  }
  bytes = empty ? 0 : elementBytes;
  for (int64_t i = 0; i < rank && !empty; ++i)
    if (__builtin_mul_overflow(bytes, dims[i], &bytes) || bytes > largest)
      return false;
  return true;
}

Status systole::rt::allocateTensor(OwnedTensor &tensor, uint32_t dtype,
                                   const int64_t *dims, int64_t rank) {
  int64_t bytes = 0;
  if (rank > maxRank || !tensorBytes(dims, rank, dtypeInfo(dtype).bytes, bytes))
    return Failure(SYSTOLE_STATUS_INVALID_ARGUMENT)
               .shape(dims, rank > maxRank ? maxRank : rank)
           << " is not a shape that fits into memory";
  Status status = tensor.storage.atLeast(bytes);
  if (status.failed())
    return status;
  tensor.data = tensor.storage.data();
  tensor.bytes = bytes;
  tensor.dtype = dtype;
  tensor.rank = int32_t(rank);
  for (int64_t i = 0; i < rank; ++i)
    tensor.dims[i] = dims[i];
  return Status();
}

Status systole::rt::allocateStrings(OwnedTensor &tensor, const int64_t *dims,
                                    int64_t rank, int64_t textBytes,
                                    char *&text) {
  int64_t bytes = 0;
  if (!tensorBytes(dims, rank, sizeof(systole_string), bytes))
    return Failure(SYSTOLE_STATUS_INVALID_ARGUMENT).shape(dims, rank)
           << " is not a shape that fits into memory";
  Status status = tensor.storage.atLeast(bytes + textBytes);
  if (status.failed())
    return status;
  tensor.data = tensor.storage.data();
  text = static_cast<char *>(tensor.data) + bytes;
  tensor.bytes = bytes;
  tensor.dtype = SYSTOLE_DTYPE_STRING;
  tensor.rank = int32_t(rank);
  for (int64_t i = 0; i < rank; ++i)
    tensor.dims[i] = dims[i];
  return Status();
}

/// A copy of strings and of what they refer to.
static Status copyStrings(const Tensor &from, OwnedTensor &to) {
  auto *strings = static_cast<const systole_string *>(from.data);
  int64_t count = from.count(), total = 0;
  for (int64_t i = 0; i < count; ++i)
    total += strings[i].size;
  char *text = nullptr;
  Status status = allocateStrings(to, from.dims, from.rank, total, text);
  if (status.failed())
    return status;
  auto *copies = static_cast<systole_string *>(to.data);
  for (int64_t i = 0; i < count; ++i) {
    copies[i] = {text, strings[i].size};
    if (strings[i].size)
      __builtin_memcpy(text, strings[i].data, strings[i].size);
    text += strings[i].size;
  }
  return Status();
}

Status systole::rt::copyTensor(const Tensor &from, OwnedTensor &to) {
  if (from.dtype == SYSTOLE_DTYPE_STRING)
    return copyStrings(from, to);
  Status status = allocateTensor(to, from.dtype, from.dims, from.rank);
  if (status.succeeded() && from.bytes)
    __builtin_memcpy(to.data, from.data, from.bytes);
  return status;
}
