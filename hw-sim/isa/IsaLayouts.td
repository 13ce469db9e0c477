//===- IsaLayouts.td - The fields of every instruction -----*- tablegen -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Layouts, each a C++ structure and a packed structure of the SystemVerilog
// package. MM, DW and VX walk pictures in the same way and share four of them.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_ISA_LAYOUTS
#define SYSTOLE_ISA_LAYOUTS

include "hw-sim/isa/IsaEnums.td"

//===----------------------------------------------------------------------===//
// The lowest 32 bits
//===----------------------------------------------------------------------===//

/// Bits 0 to 5 of everything.
def Opcode : Layout<"What kind of instruction this is", [
  UInt<"opcode", 6, "kind of instruction">
]>;

/// Bits 6 to 31 of a working instruction.
def Tokens : Layout<"Semaphores that an instruction waits for and signals", [
  Token<"wait0", "semaphore of which one token is taken before the first access">,
  Token<"wait1", "another">,
  Token<"signal0", "semaphore that gets a token when the last write of this and "
        "of all earlier instructions of the engine is visible">,
  Token<"signal1", "another">,
  Reserved<"core", 4, "kept for machines of several cores">,
  Reserved<"header", 2, "kept">
]>;

/// Bits 6 to 31 of a setting.
def Number : Layout<"Which register a setting changes", [
  UInt<"number", 6, "the register">,
  Reserved<"settings", 20, "kept">
]>;

//===----------------------------------------------------------------------===//
// Transfers
//===----------------------------------------------------------------------===//

def Sync : Layout<"Only waits and signals", [
  Choice<"engine", Engine, "whose queue it goes through">
]>;

def Load : Layout<"A strided copy from DRAM", [
  Choice<"to", LoadTarget, "memory that is written">,
  Flag<"linear", "one run, whatever shape, steps and strides say">,
  UInt<"base", 3, "base register">,
  UInt<"offset", 32, "bytes, added to the base register">,
  UInt<"target", 20, "first word or row">,
  Count<"length", 23, "bytes of a run">,
  UInt<"fill", 8, "byte that fills the last word of a run">
]>;

def LoadWindow : Layout<"Packed convolution windows of a picture", [
  UInt<"base", 3, "base register">,
  UInt<"offset", 32, "bytes to the picture's row 0, column 0">,
  UInt<"target", 20, "first scratchpad word">,
  SInt<"row", 16, "picture row of the first window's first tap">,
  Count<"rows", 12, "rows of windows">
]>;

def LoadTiles : Layout<"Weight tiles from the scratchpad", [
  UInt<"source", 20, "first scratchpad word">,
  UInt<"target", 20, "first word of the weight memory">,
  Count<"rows", 16, "rows of the source; what is missing to a whole tile is "
        "filled">,
  Count<"blocks", 12, "blocks of R lanes of the source">,
  Flag<"transpose", "lanes of the source become input lanes, not columns">,
  UInt<"fill", 8, "byte for rows that are missing">
]>;

def Store : Layout<"A strided copy to DRAM", [
  Choice<"from", StoreSource, "memory that is read">,
  Flag<"linear", "one run, whatever shape, steps and strides say">,
  UInt<"base", 3, "base register">,
  UInt<"offset", 32, "bytes, added to the base register">,
  UInt<"source", 20, "first word or row">,
  Count<"length", 23, "bytes of a run; those behind, in its last word, stay">
]>;

def Base : Layout<"A DRAM base register", [
  UInt<"index", 3, "register">,
  UInt<"address", 48, "bytes">
]>;

def Shape : Layout<"How often runs repeat, the first the innermost", [
  Count<"count0", 16, "runs">,
  Count<"count1", 16, "of these">,
  Count<"count2", 16, "of these">
]>;

def Steps : Layout<"Distance of runs in DRAM", [
  SInt<"step0", 32, "bytes">,
  SInt<"step1", 32, "bytes">,
  SInt<"step2", 32, "bytes">
]>;

def Strides : Layout<"Distance of runs in the memory on chip", [
  SInt<"stride0", 21, "words or rows">,
  SInt<"stride1", 21, "words or rows">,
  SInt<"stride2", 21, "words or rows">
]>;

def Picture : Layout<"A picture in DRAM with few channels", [
  Count<"height", 16, "rows">,
  Count<"width", 16, "columns">,
  Count<"channels", 8, "bytes of a column">,
  SInt<"pitch", 32, "bytes from row to row">,
  UInt<"fill", 8, "byte outside the picture and behind a window's last: the "
       "zero point">
]>;

def Kernel : Layout<"Windows over that picture", [
  Count<"kernel_x", 4, "columns of a window">,
  Count<"kernel_y", 4, "rows of a window">,
  Count<"stride_x", 4, "columns from window to window">,
  Count<"stride_y", 4, "rows from window to window">,
  SInt<"column", 16, "picture column of the first window's first tap">,
  Count<"columns", 16, "windows in a row">
]>;

def TilePitch : Layout<"Where ld.tiles reads and writes", [
  SInt<"row", 21, "words from a row of the source to the next">,
  SInt<"block", 21, "words from a block of the source to the next">,
  UInt<"row_tile", 16, "tiles from the tile of R rows to the next">,
  UInt<"block_tile", 16, "tiles from the tile of a block to the next">
]>;

//===----------------------------------------------------------------------===//
// Pictures on chip
//===----------------------------------------------------------------------===//

def Pitch : Layout<"Distances in a picture on chip", [
  SInt<"x", 21, "words or rows from column to column">,
  SInt<"y", 21, "words or rows from row to row">,
  SInt<"channel", 21, "words or rows from channel block to channel block">
]>;

def Window : Layout<"Taps over a picture on chip", [
  Count<"kernel_x", 8, "columns of taps">,
  Count<"kernel_y", 8, "rows of taps">,
  Count<"stride_x", 5, "columns from window to window">,
  Count<"stride_y", 5, "rows from window to window">,
  Count<"dilation_x", 8, "columns from tap to tap">,
  Count<"dilation_y", 8, "rows from tap to tap">,
  Count<"channels", 14, "channel blocks of R">,
  Flag<"edged", "taps outside `edge` are not read">
]>;

def Edge : Layout<"The picture's edges, counted from the first tap of the first "
    "window", [
  SInt<"left", 16, "first column inside">,
  SInt<"right", 16, "first column behind">,
  SInt<"top", 16, "first row inside">,
  SInt<"bottom", 16, "first row behind">
]>;

def Ring : Layout<"Circular buffer in which a picture lies", [
  UInt<"limit", 21, "first address behind the buffer">,
  UInt<"size", 20, "words or rows of the buffer, subtracted once from an "
       "address of limit or more; 0: no ring">
]>;

//===----------------------------------------------------------------------===//
// MM and DW
//===----------------------------------------------------------------------===//

def Stream : Layout<"A block of outputs", [
  SInt<"source", 21, "scratchpad word of the first window's first tap, which "
       "may lie outside the picture, even outside the memory">,
  UInt<"weights", 20, "first word of the weights">,
  UInt<"target", 13, "first accumulator row">,
  Count<"width", 12, "windows in a row">,
  Count<"height", 12, "rows of windows">,
  Flag<"accumulate", "add to the accumulators; otherwise they start at 0">,
  SInt<"zero_point", 9, "of the input, subtracted as it enters">,
  Flag<"unsigned_input", "input bytes are 0 to 255">
]>;

def ArrayWeights : Layout<"The weights of MM", [
  Count<"columns", 12, "blocks of R output columns">,
  UInt<"pad_k", 6, "lanes of the last channel block that carry nothing">,
  UInt<"pad_n", 6, "columns of the last column block that carry nothing">,
  Flag<"unsigned_weights", "weight bytes are 0 to 255">,
  Flag<"zero_points", "weights have zero points, a word for each column block">,
  UInt<"zero_point_word", 20, "the first of them in the weight memory">
]>;

def LaneWeights : Layout<"The weights of DW", [
  UInt<"pad_n", 6, "lanes of the last channel block that carry nothing">,
  Flag<"unsigned_weights", "weight bytes are 0 to 255">,
  Flag<"zero_points", "weights have zero points, a word for each channel block">,
  UInt<"zero_point_word", 20, "the first of them in the weight memory">
]>;

//===----------------------------------------------------------------------===//
// VX
//===----------------------------------------------------------------------===//

def Vector : Layout<"A block of outputs of the vector engine", [
  SInt<"source", 21, "word or row of the first window's first tap">,
  UInt<"target", 20, "scratchpad word of the first output">,
  UInt<"operand", 20, "scratchpad word of the first output's operand">,
  UInt<"parameters", 16, "parameter word of the first channel block">,
  Count<"width", 12, "outputs in a row">,
  Count<"height", 7, "rows of outputs">
]>;

def Reduce : Layout<"A block of row reductions", [
  SInt<"source", 21, "word or row of the first window's first tap">,
  UInt<"target", 20, "scratchpad word of the first output">,
  Count<"width", 12, "outputs in a row">,
  Count<"height", 7, "rows of outputs">,
  Choice<"reduction", Reduction, "over the taps of a window and their lanes">,
  Choice<"apply", Apply, "what is done with the reduced value">,
  UInt<"shift", 5, "of squares">,
  UInt<"pad", 6, "lanes of a window's last row of taps that do not count">
]>;

def LoadTable : Layout<"A table for VX", [
  UInt<"source", 16, "first word in the parameter memory">,
  Choice<"entries", TableType, "how they are stored">
]>;

def Target : Layout<"Where VX writes", [
  SInt<"x", 21, "words from column to column">,
  SInt<"y", 21, "words from row to row">,
  SInt<"channel", 21, "words from channel block to channel block">,
  Choice<"element", TargetType, "what is written">
]>;

def Operand : Layout<"The second operand of VX", [
  SInt<"x", 21, "words from column to column">,
  SInt<"y", 21, "words from row to row">,
  SInt<"channel", 21, "words from channel block to channel block">,
  Choice<"element", OperandType, "what is read">,
  SInt<"zero_point", 16, "of the operand">
]>;

def Stages : Layout<"What VX does, in this order", [
  Choice<"source", VectorSource, "what is read">,
  Choice<"bias", Bias, "where the column's bias is added">,
  Choice<"pool", Pool, "how taps are pooled">,
  Flag<"count_outside", "an average divides by all taps">,
  Choice<"combine", Combine, "what the pooled value meets">,
  Choice<"lookup", Lookup, "where the table is applied">,
  SInt<"zero_point", 16, "of the pooled value">
]>;

def Rescale : Layout<"One rescaling", [
  Choice<"rounding", Rounding, "how">,
  Flag<"per_column", "multiplier and shift come from the parameter memory">,
  UInt<"multiplier", 32, "int32, or the bits of a float32">,
  SInt<"shift", 7, "of the rounding">,
  SInt<"zero_point", 16, "added behind">,
  SInt<"low", 16, "smallest result">,
  SInt<"high", 16, "largest result">
]>;

def Scale : Layout<"The factors of an addition", [
  UInt<"multiplier0", 32, "of the pooled value">,
  SInt<"shift0", 7, "of the pooled value">,
  UInt<"multiplier1", 32, "of the operand">,
  SInt<"shift1", 7, "of the operand">,
  UInt<"left", 5, "both, or a subtraction's pooled value, are shifted left">
]>;

#endif // SYSTOLE_ISA_LAYOUTS
