//===- IsaEnums.td - Closed lists of the instruction set ---*- tablegen -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Engines, faults, memories, and the values of choices.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_ISA_ENUMS
#define SYSTOLE_ISA_ENUMS

include "hw-sim/isa/IsaBase.td"

def Engine : Enum<3, "What executes an instruction", [
  Case<"ld", 0, "DRAM to the memories on chip, and scratchpad to weights">,
  Case<"mm", 1, "the R x R array">,
  Case<"dw", 2, "depthwise convolution">,
  Case<"vx", 3, "drain, requantisation, pooling, elementwise, reductions">,
  Case<"st", 4, "scratchpad or accumulators to DRAM">
]>;

/// In order of precedence: the first that applies is reported.
def Fault : Enum<3, "Why a program stopped", [
  Case<"none", 0, "it did not">,
  Case<"opcode", 1, "no instruction has this opcode, no setting this number, "
       "or the machine lacks the engine">,
  Case<"field", 2, "a field, reserved bit or combination of fields is illegal">,
  Case<"extent", 3, "the lowest or highest byte lies outside the memory">,
  Case<"program", 4, "writes into the program">,
  Case<"overlap", 5, "source and target overlap at different addresses">,
  Case<"semaphore", 6, "a wait on zero, a 16th token, or a second signalling "
       "or waiting engine">,
  Case<"watchdog", 7, "nothing moved for too long: a defect of the machine">
]>;

def Memory : Enum<3, "Memories, with the unit in which they are addressed", [
  Case<"scratchpad", 0, "words of R bytes">,
  Case<"weights", 1, "words of R bytes; a tile is R words, word k holding the "
       "weights of input lane k for the R columns">,
  Case<"parameters", 2, "words of R bytes">,
  Case<"accumulators", 3, "rows of R int32: ping, then pong">,
  Case<"depthwise", 4, "rows of R int32: DW's accumulators, ping, then pong">,
  Case<"dram", 5, "bytes">
]>;

def StoreSource : Enum<2, "What ST reads", [
  Case<"scratchpad", 0, "words of R bytes">,
  Case<"accumulators", 1, "rows of 4R bytes, little-endian">,
  Case<"depthwise", 2, "rows of 4R bytes, little-endian">
]>;

def LoadTarget : Enum<2, "What LD writes", [
  Case<"scratchpad", 0, "words of R bytes">,
  Case<"weights", 1, "words of R bytes">,
  Case<"parameters", 2, "words of R bytes">,
  Case<"accumulators", 3, "rows of 4R bytes, little-endian">
]>;

def VectorSource : Enum<3, "What VX reads first", [
  Case<"accumulators", 0, "MM's accumulators, one row">,
  Case<"depthwise", 1, "DW's accumulators, one row">,
  Case<"int8", 2, "one scratchpad word">,
  Case<"uint8", 3, "one scratchpad word">,
  Case<"int16", 4, "two scratchpad words, lanes 0 to R/2-1 in the first">
]>;

def OperandType : Enum<2, "What VX reads beside its source", [
  Case<"int8", 0, "one scratchpad word">,
  Case<"uint8", 1, "one scratchpad word">,
  Case<"int16", 2, "two scratchpad words, lanes 0 to R/2-1 in the first">,
  Case<"row", 3, "int32 in the first four bytes of one scratchpad word, "
       "the same for all lanes">
]>;

def TargetType : Enum<1, "What VX writes: the low bits of the result", [
  Case<"int8", 0, "one scratchpad word; also for uint8">,
  Case<"int16", 1, "two scratchpad words">
]>;

def Rounding : Enum<2, "How an int32 is rescaled", [
  Case<"none", 0, "it is not">,
  Case<"double", 1, "TFLite: RoundingDivideByPOT(SaturatingRoundingDoubling"
       "HighMul(x << max(shift, 0), multiplier), max(-shift, 0)); shift is "
       "read as -31 to 31, the nearest of them">,
  Case<"single", 2, "(x * multiplier + 2^(s-1)) >> s in 64 bits, s the low six "
       "bits of shift; s = 0 shifts and rounds nothing">,
  Case<"float", 3, "ONNX: float32(x) * multiplier, the bits of a float32, each "
       "rounded to float32, then half to even to an integer; beyond int32 it "
       "saturates, a NaN gives 0">
]>;

def Bias : Enum<2, "Where the bias of the column is added, modulo 2^32", [
  Case<"none", 0, "nowhere">,
  Case<"first", 1, "to the source">,
  Case<"product", 2, "to the value that `result` rescales">
]>;

def Lookup : Enum<2, "Where the table is applied, at the low 8 bits", [
  Case<"none", 0, "nowhere">,
  Case<"rescaled", 1, "behind `rescale`, before pooling">,
  Case<"result", 2, "behind `result`">
]>;

def Pool : Enum<2, "How the taps of a window become one value", [
  Case<"none", 0, "the window has one tap">,
  Case<"max", 1, "the largest">,
  Case<"sum", 2, "the sum modulo 2^32">,
  Case<"average", 3, "the sum by the number of taps inside the edges, half "
       "away from zero">
]>;

def Combine : Enum<3, "What happens to the pooled value v (w is the operand, "
    "zs and zo the zero points)", [
  Case<"none", 0, "v; no `result`">,
  Case<"scale", 1, "result(v - zs)">,
  Case<"add", 2, "result(first((v - zs) << left) + second((w - zo) << left)): "
       "TFLite's ADD; in float rounding without the shift, the sum in float32">,
  Case<"multiply", 3, "result((v - zs) * (w - zo))">,
  Case<"subtract", 4, "result(((v - zs) << left) - w)">,
  Case<"row_multiply", 5, "(v - zs) * mantissa(w) shifted right by exponent(w) "
       "+ shift, half up; then the zero point and clamp of `result`">
]>;

def Reduction : Enum<2, "How a row becomes one int32", [
  Case<"max", 0, "the largest of v">,
  Case<"sum", 1, "the sum of v modulo 2^32">,
  Case<"squares", 2, "the sum modulo 2^32 of v * v shifted right by shift, "
       "half up, v cut to 16 bits">
]>;

def Apply : Enum<2, "What is done with the reduced value x", [
  Case<"none", 0, "nothing">,
  Case<"rescale", 1, "result(x)">,
  Case<"reciprocal", 2, "mantissa and exponent of 1 / x, x unsigned, 0 as 1">,
  Case<"rsqrt", 3, "mantissa and exponent of 1 / sqrt(x), likewise">
]>;

def TableType : Enum<2, "Entries of a table in the parameter memory", [
  Case<"int8", 0, "256 bytes, sign-extended">,
  Case<"uint8", 1, "256 bytes, zero-extended">,
  Case<"int16", 2, "512 bytes, little-endian">
]>;

#endif // SYSTOLE_ISA_ENUMS
