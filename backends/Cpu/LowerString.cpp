//===- LowerString.cpp - Operations on strings for the CPU ----------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// An element is an address and a length (systole_string), as one integer of 128
// bits in registers. Strings that have new bytes are made in three steps: how
// long each is, where each begins in one run of bytes of the arena, the bytes.
// Everything else is a map over elements; what all elements need, a table or
// the run of bytes, comes along as an input that stays where it is.
//
//===----------------------------------------------------------------------===//

#include "backends/Cpu/ElementTypes.h"
#include "backends/Cpu/Lowerings.h"
#include "backends/Cpu/StridedMap.h"
#include "dialects/Graph/IR/StringFunctions.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace systole;
using namespace systole::cpu;
using P = arith::CmpIPredicate;

namespace {
/// A string in registers: an address and an index value.
struct Text {
  Value data, size;
};

/// Bytes of strings inside a kernel.
struct TextBuilder {
  KernelBuilder &k;

  Type byteType() { return k.b.getI8Type(); }
  Value c8(int64_t value) { return intConstant(k.b, k.loc, byteType(), value); }
  Value any(Value x, Value y) {
    return k.b.createOrFold<arith::OrIOp>(k.loc, x, y);
  }
  Value no() { return intConstant(k.b, k.loc, k.b.getI1Type(), 0); }
  Value yes() { return intConstant(k.b, k.loc, k.b.getI1Type(), 1); }
  Value at(Value data, Value i) {
    return k.loadRaw(byteType(), k.address(data, i, byteType()), 1);
  }
  void put(Value byte, Value data, Value i) {
    k.storeRaw(byte, k.address(data, i, byteType()), 1);
  }
  /// Byte `i` as an index value.
  Value number(Value byte) {
    return k.toIndex(
        arith::ExtUIOp::create(k.b, k.loc, k.b.getI64Type(), byte));
  }

  Text unpack(Value element);
  Value pack(const Text &text);
  void copy(const Text &from, Value to);
};
} // namespace

Text TextBuilder::unpack(Value element) {
  Type i64 = k.b.getI64Type();
  Value low = arith::TruncIOp::create(k.b, k.loc, i64, element);
  Value shift = intConstant(k.b, k.loc, element.getType(), 64);
  Value high = arith::TruncIOp::create(
      k.b, k.loc, i64, arith::ShRUIOp::create(k.b, k.loc, element, shift));
  auto pointer = LLVM::LLVMPointerType::get(k.b.getContext());
  return {LLVM::IntToPtrOp::create(k.b, k.loc, pointer, low), k.toIndex(high)};
}

Value TextBuilder::pack(const Text &text) {
  Type i64 = k.b.getI64Type(), wide = k.b.getIntegerType(128);
  Value address = LLVM::PtrToIntOp::create(k.b, k.loc, i64, text.data);
  Value low = arith::ExtUIOp::create(k.b, k.loc, wide, address);
  Value size = arith::ExtUIOp::create(k.b, k.loc, wide, k.toI64(text.size));
  Value shift = intConstant(k.b, k.loc, wide, 64);
  return arith::OrIOp::create(k.b, k.loc, low,
                              arith::ShLIOp::create(k.b, k.loc, size, shift));
}

void TextBuilder::copy(const Text &from, Value to) {
  k.loop(k.c(0), from.size, 1, [&](Value i) { put(at(from.data, i), to, i); });
}

//===----------------------------------------------------------------------===//
// Maps
//===----------------------------------------------------------------------===//

/// Elements that a kernel reads at their own place, of the broadcast shape.
static SmallVector<View> broadcastInputs(HostBuilder &host, ValueRange operands,
                                         SmallVector<Value> &dims) {
  SmallVector<CodeTensor> tensors;
  for (Value operand : operands)
    tensors.push_back(asBits(host.get(operand)));
  dims = broadcastDims(host, tensors);
  SmallVector<View> views;
  for (const CodeTensor &tensor : tensors)
    views.push_back(broadcastView(host, tensor, dims));
  return views;
}

/// A tensor that comes along.
static View companion(HostBuilder &host, const CodeTensor &tensor,
                      size_t rank) {
  return {tensor, host.c(0), SmallVector<Value>(rank, host.c(0))};
}

static LogicalResult lowerEqual(HostBuilder &host, graph::StringEqualOp op) {
  SmallVector<Value> dims;
  SmallVector<View> inputs = broadcastInputs(host, op.getOperands(), dims);
  CodeTensor output = host.define(op.getResult(), dims);
  launchMap(host, "string_equal", dims, inputs, wholeView(host, output), 50,
            [](KernelBuilder &k, ValueRange elements) {
              TextBuilder t{k};
              Text a = t.unpack(elements[0]), b = t.unpack(elements[1]);
              Value same = k.cmp(P::eq, a.size, b.size);
              // Nothing is compared where the lengths differ.
              Value size = k.select(same, a.size, k.c(0));
              return k.carriedLoop(
                  k.c(0), size, 1, same,
                  [&](Value i, ValueRange carried) -> SmallVector<Value> {
                    Value equal =
                        k.cmp(P::eq, t.at(a.data, i), t.at(b.data, i));
                    return {k.logicalAnd(carried[0], equal)};
                  })[0];
            });
  return success();
}

/// The automaton as ui16: what follows each state and byte; then, a row for
/// each state, whether it accepts.
static graph::Tensor tableOf(const graph::Automaton &automaton,
                             Builder builder) {
  auto count = static_cast<int64_t>(automaton.states.size());
  graph::Tensor table(builder.getIntegerType(16, /*isSigned=*/false),
                      {count * 257});
  for (auto [s, state] : llvm::enumerate(automaton.states)) {
    for (auto [byte, next] : llvm::enumerate(state.next))
      table.store<uint16_t>(s * 257 + byte, next);
    table.store<uint16_t>(s * 257 + 256, state.accepts);
  }
  return table;
}

static LogicalResult lowerMatch(HostBuilder &host, graph::StringMatchOp op) {
  std::string error;
  auto automaton = graph::compilePattern(op.getPattern(), error);
  if (!automaton)
    return op.emitOpError("pattern cannot be used: ") << error;
  SmallVector<Value> dims;
  SmallVector<View> inputs = broadcastInputs(host, op.getInput(), dims);
  CodeTensor table = host.constantTensor(tableOf(*automaton, host.b));
  inputs.push_back(companion(host, table, dims.size()));
  CodeTensor output = host.define(op.getResult(), dims);
  launchMap(
      host, "string_match", dims, inputs, wholeView(host, output), 100,
      [](KernelBuilder &k, ValueRange elements) {
        TextBuilder t{k};
        Text text = t.unpack(elements[0]);
        auto entry = [&](Value state, Value column) {
          return k.load(k.inputs[1], k.add(k.mul(state, k.c(257)), column));
        };
        auto toIndex = [&](Value entry) {
          return k.toIndex(
              arith::ExtUIOp::create(k.b, k.loc, k.b.getI64Type(), entry));
        };
        Value last =
            k.carriedLoop(k.c(0), text.size, 1, k.c(0),
                          [&](Value i, ValueRange state) -> SmallVector<Value> {
                            Value byte = t.number(t.at(text.data, i));
                            return {toIndex(entry(state[0], byte))};
                          })[0];
        Value accepts = entry(last, k.c(256));
        return k.cmp(P::ne, accepts,
                     intConstant(k.b, k.loc, accepts.getType(), 0));
      });
  return success();
}

//===----------------------------------------------------------------------===//
// Fields
//===----------------------------------------------------------------------===//

namespace {
/// Looks for fields from left to right (graph.string_field). Carried: number of
/// fields that ended, whether one is open, its first byte; first byte and end
/// of the field that is wanted.
struct FieldScan {
  TextBuilder t;
  Text text;
  llvm::StringRef delimiter;
  int64_t limit; ///< -1: none.
  Value wanted;

  struct Found {
    Value count, first, end;
  };
  Found run();

  KernelBuilder &k = t.k;
  Value isSpace(Value i);
  Value isDelimiter(Value i);
  SmallVector<Value> step(Value i, ValueRange carried);
};
} // namespace

Value FieldScan::isSpace(Value i) {
  Value byte = t.at(text.data, i);
  Value control = k.logicalAnd(k.cmp(P::uge, byte, t.c8('\t')),
                               k.cmp(P::ule, byte, t.c8('\r')));
  return t.any(k.cmp(P::eq, byte, t.c8(' ')), control);
}

Value FieldScan::isDelimiter(Value i) {
  Value length = k.c(static_cast<int64_t>(delimiter.size()));
  Value result = k.cmp(P::sle, k.add(i, length), text.size);
  Value last = k.sub(text.size, k.c(1));
  for (auto [d, byte] : llvm::enumerate(delimiter.bytes())) {
    // No byte after the end is read, whether it would matter or not.
    Value place = k.min(k.add(i, k.c(static_cast<int64_t>(d))), last);
    result =
        k.logicalAnd(result, k.cmp(P::eq, t.at(text.data, place), t.c8(byte)));
  }
  return result;
}

SmallVector<Value> FieldScan::step(Value i, ValueRange carried) {
  Value count = carried[0], open = carried[1], first = carried[2];
  bool bySpace = delimiter.empty();
  // A delimiter cannot begin inside the one before.
  Value reached = k.cmp(P::sge, i, first);
  Value separator =
      bySpace ? isSpace(i) : k.logicalAnd(isDelimiter(i), reached);
  Value ends = k.logicalAnd(open, separator);
  if (limit >= 0)
    ends = k.logicalAnd(ends, k.cmp(P::slt, count, k.c(limit)));
  Value isWanted = k.logicalAnd(ends, k.cmp(P::eq, count, wanted));
  Value start = k.select(isWanted, first, carried[3]);
  Value end = k.select(isWanted, i, carried[4]);
  Value next = k.add(count, k.select(ends, k.c(1), k.c(0)));
  if (!bySpace) {
    Value after = k.add(i, k.c(static_cast<int64_t>(delimiter.size())));
    return {next, open, k.select(ends, after, first), start, end};
  }
  Value isClosed = k.cmp(P::eq, open, t.no());
  Value isText = k.cmp(P::eq, separator, t.no());
  Value opens = k.logicalAnd(isClosed, isText);
  Value stays = k.logicalAnd(open, k.cmp(P::eq, ends, t.no()));
  return {next, t.any(opens, stays), k.select(opens, i, first), start, end};
}

FieldScan::Found FieldScan::run() {
  Value open = delimiter.empty() ? t.no() : t.yes();
  SmallVector<Value> last = k.carriedLoop(
      k.c(0), text.size, 1, {k.c(0), open, k.c(0), k.c(0), k.c(0)},
      [&](Value i, ValueRange carried) { return step(i, carried); });
  // The end of the string ends what is open.
  Value isWanted = k.logicalAnd(last[1], k.cmp(P::eq, last[0], wanted));
  return {k.add(last[0], k.select(last[1], k.c(1), k.c(0))),
          k.select(isWanted, last[2], last[3]),
          k.select(isWanted, text.size, last[4])};
}

/// -1 if there is none.
template <typename OpTy>
static int64_t limitOf(OpTy op) {
  return op.getLimit() ? static_cast<int64_t>(*op.getLimit()) : -1;
}

static LogicalResult lowerFieldCount(HostBuilder &host,
                                     graph::StringFieldCountOp op) {
  SmallVector<Value> dims;
  SmallVector<View> inputs = broadcastInputs(host, op.getInput(), dims);
  CodeTensor output = host.define(op.getResult(), dims);
  launchMap(host, "string_field_count", dims, inputs, wholeView(host, output),
            100, [&](KernelBuilder &k, ValueRange elements) {
              TextBuilder t{k};
              FieldScan scan{t, t.unpack(elements[0]), op.getDelimiter(),
                             limitOf(op), k.c(-1)};
              return k.toI64(scan.run().count);
            });
  return success();
}

static LogicalResult lowerField(HostBuilder &host, graph::StringFieldOp op) {
  SmallVector<Value> dims;
  SmallVector<View> inputs = broadcastInputs(host, op.getOperands(), dims);
  CodeTensor output = host.define(op.getResult(), dims);
  launchMap(host, "string_field", dims, inputs, wholeView(host, asBits(output)),
            100, [&](KernelBuilder &k, ValueRange elements) {
              TextBuilder t{k};
              Text text = t.unpack(elements[0]);
              FieldScan scan{t, text, op.getDelimiter(), limitOf(op),
                             k.toIndex(elements[1])};
              FieldScan::Found field = scan.run();
              return t.pack({k.address(text.data, field.first, t.byteType()),
                             k.sub(field.end, field.first)});
            });
  return success();
}

//===----------------------------------------------------------------------===//
// New bytes
//===----------------------------------------------------------------------===//

/// Turns lengths into where each string begins; returns the sum of all.
static Value placeStrings(HostBuilder &host, const CodeTensor &lengths) {
  CodeTensor total = host.flag();
  KernelBuilder k = host.kernel("place_strings", {}, {lengths, total});
  k.loop(k.begin, k.end, 1, [&](Value) {
    Value sum =
        k.carriedLoop(k.c(0), k.outputs[0].dims[0], 1, k.c(0),
                      [&](Value i, ValueRange carried) -> SmallVector<Value> {
                        Value length = k.toIndex(k.load(k.outputs[0], i));
                        k.store(k.outputs[0], i, k.toI64(carried[0]));
                        return {k.add(carried[0], length)};
                      })[0];
    k.store(k.outputs[1], k.c(0), k.toI64(sum));
  });
  host.launch(k, host.c(1), host.c(100), {}, {lengths, total});
  return host.toIndex(host.load(total, host.c(0)));
}

/// Defines `result`: strings whose bytes are as many as those of all inputs'
/// elements; `write` writes them from the given address on.
static LogicalResult lowerNewBytes(
    HostBuilder &host, Value result, ValueRange operands,
    ArrayRef<CodeTensor> companions,
    llvm::function_ref<void(TextBuilder &, ArrayRef<Text>, Value)> write) {
  SmallVector<Value> dims;
  SmallVector<View> inputs = broadcastInputs(host, operands, dims);
  CodeTensor output = host.define(result, dims);
  // Flat, in the order of the result.
  Type i64 = host.b.getI64Type();
  Value count = host.product(dims);
  CodeTensor lengths = host.allocateDynamic(
      RankedTensorType::get({ShapedType::kDynamic}, i64), {count});
  View flat{lengths, host.c(0), host.strides(dims)};
  size_t numTexts = inputs.size();
  launchMap(host, "string_lengths", dims, inputs, flat, 10,
            [&](KernelBuilder &k, ValueRange elements) {
              Value sum = k.c(0);
              for (Value element : elements)
                sum = k.add(sum, TextBuilder{k}.unpack(element).size);
              return k.toI64(sum);
            });
  Value total = placeStrings(host, lengths);
  CodeTensor bytes = host.allocateDynamic(
      RankedTensorType::get({ShapedType::kDynamic}, host.b.getI8Type()),
      {host.max(total, host.c(1))});
  inputs.push_back(flat);
  inputs.push_back(companion(host, bytes, dims.size()));
  for (const CodeTensor &tensor : companions)
    inputs.push_back(companion(host, tensor, dims.size()));
  launchMap(host, "string_bytes", dims, inputs, wholeView(host, asBits(output)),
            100, [&](KernelBuilder &k, ValueRange elements) {
              TextBuilder t{k};
              SmallVector<Text> texts;
              Value size = k.c(0);
              for (Value element : elements.take_front(numTexts)) {
                texts.push_back(t.unpack(element));
                size = k.add(size, texts.back().size);
              }
              Value to = k.address(k.inputs[numTexts + 1].pointer,
                                   k.toIndex(elements[numTexts]), t.byteType());
              write(t, texts, to);
              return t.pack({to, size});
            });
  return success();
}

static LogicalResult lowerConcat(HostBuilder &host, graph::StringConcatOp op) {
  return lowerNewBytes(host, op.getResult(), op.getOperands(), {},
                       [](TextBuilder &t, ArrayRef<Text> texts, Value to) {
                         t.copy(texts[0], to);
                         t.copy(texts[1],
                                t.k.address(to, texts[0].size, t.byteType()));
                       });
}

/// The other case of each letter up to two bytes of UTF-8, as ui16.
static graph::Tensor letterTable(bool upper, Builder builder) {
  graph::Tensor table(builder.getIntegerType(16, /*isSigned=*/false),
                      {graph::kLastOfTwoBytes + 1});
  for (uint32_t letter = 0; letter <= graph::kLastOfTwoBytes; ++letter)
    table.store<uint16_t>(letter, graph::changeCase(letter, upper));
  return table;
}

static LogicalResult lowerCase(HostBuilder &host, graph::StringCaseOp op) {
  CodeTensor letters = host.constantTensor(letterTable(op.getUpper(), host.b));
  return lowerNewBytes(
      host, op.getResult(), op.getInput(), letters,
      [](TextBuilder &t, ArrayRef<Text> texts, Value to) {
        KernelBuilder &k = t.k;
        const Text &text = texts[0];
        const CodeTensor &table = k.inputs.back();
        auto changed = [&](Value letter) {
          return k.toIndex(arith::ExtUIOp::create(k.b, k.loc, k.b.getI64Type(),
                                                  k.load(table, letter)));
        };
        auto toByte = [&](Value index) {
          return arith::TruncIOp::create(k.b, k.loc, t.byteType(),
                                         k.toI64(index));
        };
        Value last = k.sub(text.size, k.c(1));
        // Carried: whether this byte was written with the one before.
        k.carriedLoop(
            k.c(0), text.size, 1, t.no(),
            [&](Value i, ValueRange done) -> SmallVector<Value> {
              Value byte = t.number(t.at(text.data, i));
              Value following =
                  t.number(t.at(text.data, k.min(k.add(i, k.c(1)), last)));
              auto within = [&](Value x, int64_t low, int64_t high) {
                return k.logicalAnd(k.cmp(P::sge, x, k.c(low)),
                                    k.cmp(P::sle, x, k.c(high)));
              };
              Value fresh = k.cmp(P::eq, done[0], t.no());
              Value isPair =
                  k.logicalAnd(k.logicalAnd(within(byte, 0xc2, 0xdf),
                                            within(following, 0x80, 0xbf)),
                               k.logicalAnd(fresh, k.cmp(P::slt, i, last)));
              Value isAscii = k.cmp(P::slt, byte, k.c(0x80));
              Value pair = k.add(k.mul(k.rem(byte, k.c(0x20)), k.c(0x40)),
                                 k.rem(following, k.c(0x40)));
              Value letter = changed(
                  k.select(isPair, pair, k.select(isAscii, byte, k.c(0))));
              k.ifThen(fresh, [&] {
                Value single = k.select(isAscii, letter, byte);
                Value lead = k.add(k.div(letter, k.c(0x40)), k.c(0xc0));
                t.put(toByte(k.select(isPair, lead, single)), to, i);
              });
              k.ifThen(isPair, [&] {
                Value second = k.add(k.rem(letter, k.c(0x40)), k.c(0x80));
                t.put(toByte(second), to, k.add(i, k.c(1)));
              });
              return {isPair};
            });
      });
}

//===----------------------------------------------------------------------===//
// Constants
//===----------------------------------------------------------------------===//

CodeTensor systole::cpu::stringConstant(HostBuilder &host,
                                        const graph::Tensor &tensor) {
  // Weights hold no addresses: where each string begins in all bytes, its size.
  int64_t count = tensor.size();
  graph::Tensor places(host.b.getI64Type(), {2 * count});
  std::string bytes;
  for (int64_t i = 0; i < count; ++i) {
    llvm::StringRef text = tensor.getString(i);
    places.setInt(2 * i, static_cast<int64_t>(bytes.size()));
    places.setInt(2 * i + 1, static_cast<int64_t>(text.size()));
    bytes += text;
  }
  graph::Tensor texts(host.b.getI8Type(), {static_cast<int64_t>(bytes.size())});
  llvm::copy(bytes, texts.data());
  SmallVector<Value> dims;
  for (int64_t size : tensor.getShape())
    dims.push_back(host.c(size));
  CodeTensor output = host.scratch(tensor.getType(), dims);
  CodeTensor table = host.constantTensor(places);
  View begins{table, host.c(0), {host.c(2)}};
  View sizes{table, host.c(1), {host.c(2)}};
  View elements{asBits(output), host.c(0), {host.c(1)}};
  launchMap(host, "string_constant", host.c(count),
            {begins, sizes, companion(host, host.constantTensor(texts), 1)},
            elements, 10, [](KernelBuilder &k, ValueRange place) {
              TextBuilder t{k};
              Value begin = k.toIndex(place[0]);
              Value data = k.address(k.inputs[2].pointer, begin, t.byteType());
              return t.pack({data, k.toIndex(place[1])});
            });
  return output;
}

LogicalResult systole::cpu::lowerString(HostBuilder &host, Operation *op) {
  return llvm::TypeSwitch<Operation *, LogicalResult>(op)
      .Case([&](graph::StringEqualOp typed) { return lowerEqual(host, typed); })
      .Case([&](graph::StringMatchOp typed) { return lowerMatch(host, typed); })
      .Case([&](graph::StringFieldCountOp typed) {
        return lowerFieldCount(host, typed);
      })
      .Case([&](graph::StringFieldOp typed) { return lowerField(host, typed); })
      .Case(
          [&](graph::StringConcatOp typed) { return lowerConcat(host, typed); })
      .Case([&](graph::StringCaseOp typed) { return lowerCase(host, typed); });
}
