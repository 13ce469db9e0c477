//===- Isa.td - The instruction set of the matrix unit -----*- tablegen -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The one table. From it systole-tblgen makes C++ structures, the tables of
// encoder, decoder, assembler and verifiers, the operations of the isa dialect,
// the SystemVerilog package, and docs/hardware/isa.md. What is said here in
// words is what the functional engine does, and what dispatch refuses.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_ISA
#define SYSTOLE_ISA

include "hw-sim/isa/IsaLayouts.td"

//===----------------------------------------------------------------------===//
// Every engine
//===----------------------------------------------------------------------===//

/// Raised by every change of meaning: an image of another version is refused.
def InstructionSet { int version = 1; }

/// The opcode of all settings; 0 stays illegal, so that empty memory is no
/// program.
def SetOpcode { int opcode = 1; }

def SyncWork : Work<2, "sync", "", Sync, "Waits and signals"> {
  let description = [{
    Passes through the queue of `engine`, takes its tokens, gives its signals, and
    does nothing else. For a third wait or a third signal.
  }];
}

//===----------------------------------------------------------------------===//
// LD
//===----------------------------------------------------------------------===//

def LoadWork : Work<3, "ld", "ld", Load, "Copies runs from DRAM"> {
  let description = [{
    ```
    for i2 < shape.count2, i1 < shape.count1, i0 < shape.count0:
      from = base[base] + offset + i0 * steps.step0 + i1 * steps.step1 + i2 * steps.step2
      at   = target + i0 * strides.stride0 + i1 * strides.stride1 + i2 * strides.stride2
      memory `to`, from word or row `at` on = length bytes from `from` on
    ```
    A run fills consecutive words (rows of 4R bytes in the accumulators); the rest of
    its last word is `fill`. With `linear` the counts are 1. Later runs win.

    Faults: FIELD if counts and words of a run multiply to more than 2^24. EXTENT outside
    DRAM or the memory.
  }];
}

def LoadWindowWork : Work<4, "ld.window", "ld", LoadWindow,
    "Packs the windows of a picture with few channels"> {
  let description = [{
    Row y of the picture lies at `base[base] + offset + y * picture.pitch`, its columns
    of `channels` bytes one after the other. Window (i, j), i < rows, j < kernel.columns,
    becomes `W = ceil(kernel_y * kernel_x * channels / R)` words at
    `target + (i * kernel.columns + j) * W`; their bytes are, in the order ky, kx, c,
    ```
    picture[row + i * stride_y + ky][kernel.column + j * stride_x + kx][c]
    ```
    and `picture.fill` outside the picture and behind the last. Each picture row is read
    once. A matrix product with W channel blocks follows.

    Faults: FIELD if kernel_x or kernel_y exceeds `window.kernel` of the machine, or
    width * channels exceeds `window.line_bytes`. EXTENT: of DRAM the picture rows that
    windows touch, whole, are counted (none where all lie outside the picture).
  }];
}

def LoadTilesWork : Work<5, "ld.tiles", "ld", LoadTiles,
    "Copies weight tiles from the scratchpad, transposing them"> {
  let description = [{
    The source has `rows` rows of `blocks` blocks of R lanes; block b of row r is the
    word `source + r * tile_pitch.row + b * tile_pitch.block`. Tile (t, b), with
    t < ceil(rows / R), is the R words from
    `target + R * (t * tile_pitch.row_tile + b * tile_pitch.block_tile)` on:
    ```
    word k, column n = transpose ? source[t * R + n][b][k] : source[t * R + k][b][n]
    ```
    where rows of `rows` or more are `fill`; later tiles win, in the order t, b. The scratchpad is read with LD's priority,
    and no DRAM load of the engine runs meanwhile.

    Faults: FIELD if rows * blocks exceeds 2^24. EXTENT outside the scratchpad or the weight
    memory.
  }];
}

//===----------------------------------------------------------------------===//
// MM and DW
//===----------------------------------------------------------------------===//

def MatmulWork : Work<6, "mm", "mm", Stream, "Computes a block of outputs on the array"> {
  let description = [{
    ```
    for n < weights.columns, ky < kernel_y, kx < kernel_x, c < channels:
      tile = the R weight words from weights + R * (the number of tiles before) on
      for y < height, x < width:
        Y = y * stride_y + ky * dilation_y;  X = x * stride_x + kx * dilation_x
        a[k] = word(source + Y * pitch.y + X * pitch.x + c * pitch.channel)[k] - zero_point
        row  = target + n * height * width + y * width + x
        accumulators[row][j] += sum over k of a[k] * (tile[k][j] - zero point of column j)
    ```
    all modulo 2^32, the sum in the order in which it is written. Accumulators start at 0
    unless `accumulate`. Input lanes that do not exist feed 0: where the window is `edged`
    and (Y, X) lies outside `edge` (nothing is read), and the last `pad_k` lanes of channel
    block channels - 1. The last `pad_n` columns of column block columns - 1 multiply by 0,
    whatever their weights and zero points are. The zero points of column block n are the weight word
    `zero_point_word + n`, read like weights; without `zero_points` they are 0.

    Faults: FIELD if pad_k or pad_n is R or more, or if zero_point is not a value of the
    input's type. EXTENT outside scratchpad, weight memory or accumulators.
  }];
}

def DepthwiseWork : Work<7, "dw", "dw", Stream, "Convolves every channel by itself"> {
  let description = [{
    ```
    for c < channels, y < height, x < width, ky < kernel_y, kx < kernel_x:
      Y, X, a[j] as for mm
      w    = weight word(weights + c * kernel_y * kernel_x + ky * kernel_x + kx)
      row  = target + c * height * width + y * width + x
      depthwise[row][j] += a[j] * (w[j] - zero point of lane j)
    ```
    in DW's accumulators, modulo 2^32. Outside `edge` 0 is fed. The last `pad_n` lanes of
    the last channel block multiply by 0. The zero points of channel block c
    are the weight word `zero_point_word + c`.

    Faults: OPCODE if the machine has no depthwise multipliers. FIELD as for mm, and if the
    kernel has more than 64 taps. EXTENT outside scratchpad, weight memory or DW's
    accumulators.
  }];
}

//===----------------------------------------------------------------------===//
// VX
//===----------------------------------------------------------------------===//

def VectorWork : Work<8, "vx", "vx", Vector,
    "Drains, rescales, pools and combines rows of R lanes"> {
  let description = [{
    For every channel block c < channels and output (y, x), lane by lane:
    1. Every tap (ky, kx) inside the edges is read, at (Y, X) as for mm, as `stages.source`
       says: s. With bias `first` the column's bias is added modulo 2^32.
    2. `rescale`, unless its rounding is none: s = clamp(rounded(s) + zero_point, low, high).
    3. With lookup `rescaled`: s = table[low 8 bits of s].
    4. `stages.pool` over the taps: v. A window without taps gives 0.
    5. `stages.combine`: t, with the operand word of (c, y, x) at
       `operand + c * operand.channel + y * operand.y + x * operand.x` as w, zs =
       stages.zero_point, zo = operand.zero_point, modulo 2^32. With bias `product` the
       column's bias is added to t modulo 2^32.
    6. `result(t)` = clamp(rounded(t) + zero_point, low, high), rounding `none` leaving t as
       it is; not after combine `none`. In an addition with float rounding t is the float32
       sum of float32(v - zs) * multiplier0 and float32(w - zo) * multiplier1.
    7. With lookup `result`: table[low 8 bits].
    8. The low bits are written to `target + c * target.channel + y * target.y +
       x * target.x`; later outputs win.

    The parameter block of channel block c holds R little-endian values each: bias (int32);
    and with a `per_column` rescaling the multipliers (32 bits) and shifts (int8). It starts
    at word `parameters + c * (per_column ? 9 : 4)`.

    Faults: FIELD if pool is none and the window has several taps; if both rescalings are
    per_column; if combine is row_multiply and the operand is not of type row; if bias is
    `product` and combine none or row_multiply; if outputs and taps multiply to more than
    2^24. EXTENT outside any memory (operand and
    parameters only where they are used). OVERLAP if target and source, or target and
    operand, overlap and are not the same words in the same order, each once (strides that
    reach over all that smaller ones cover).
  }];
}

def ReduceWork : Work<9, "vx.reduce", "vx", Reduce, "Reduces rows to one int32 each"> {
  let description = [{
    For every channel block c < channels and output (y, x): over all taps of the window,
    read as for vx from `stages.source`, and their lanes: v = s - stages.zero_point. The
    last `pad` lanes of the taps of the last kernel row (ky = kernel_y - 1) do not count; so
    a row of many channel blocks is a window of kernel_y blocks. `reduction` makes one
    int32 (0 where nothing counts), `apply` goes on with it (`result` with the multiplier and
    shift of its setting, for there are no columns), and the int32 is written to the
    first four bytes of the word `target + c * target.channel + y * target.y + x * target.x`;
    the others become 0.

    A reciprocal is written as mantissa + exponent * 2^16: 1 / x is mantissa / 2^exponent,
    the mantissa from a table of 128 intervals by one multiplication (docs/hardware/numerics.md).

    Faults: FIELD if pad is R or more, if stages has a bias, lookup, pool or combine, or as
    for vx by steps. EXTENT, OVERLAP as for vx.
  }];
}

def LoadTableWork : Work<10, "vx.table", "vx", LoadTable, "Fills the table of VX"> {
  let description = [{
    The 256 entries of the one table of vx become those at parameter word `source`. They
    stay until the next vx.table; at the doorbell they are 0.

    Faults: EXTENT outside the parameter memory.
  }];
}

//===----------------------------------------------------------------------===//
// ST
//===----------------------------------------------------------------------===//

def StoreWork : Work<11, "st", "st", Store, "Copies runs to DRAM"> {
  let description = [{
    As ld, in the other direction: `length` bytes from word or row
    `source + i0 * strides.stride0 + ...` on to `base[base] + offset + i0 * steps.step0 + ...`.

    Faults: FIELD, EXTENT as for ld. PROGRAM if a byte between the lowest and the
    highest belongs to the program.
  }];
}

//===----------------------------------------------------------------------===//
// Settings
//===----------------------------------------------------------------------===//

class BaseSetting<int n, string e>
    : Setting<n, e, "base", Base, "DRAM base registers"> {
  let copies = 8;
}
class ShapeSetting<int n, string e>
    : Setting<n, e, "shape", Shape, "how often runs repeat">;
class StepsSetting<int n, string e>
    : Setting<n, e, "steps", Steps, "distance of runs in DRAM">;
class StridesSetting<int n, string e>
    : Setting<n, e, "strides", Strides, "distance of runs on chip">;
class PitchSetting<int n, string e>
    : Setting<n, e, "pitch", Pitch, "distances in the picture that is read">;
class WindowSetting<int n, string e>
    : Setting<n, e, "window", Window, "taps over that picture">;
class EdgeSetting<int n, string e>
    : Setting<n, e, "edge", Edge, "its edges">;
class RingSetting<int n, string e>
    : Setting<n, e, "ring", Ring, "circular buffer in which it lies">;

def SetLdBase : BaseSetting<0, "ld">;
def SetLdShape : ShapeSetting<1, "ld">;
def SetLdSteps : StepsSetting<2, "ld">;
def SetLdStrides : StridesSetting<3, "ld">;
def SetLdPicture : Setting<4, "ld", "picture", Picture, "picture of ld.window">;
def SetLdKernel : Setting<5, "ld", "kernel", Kernel, "windows of ld.window">;
def SetLdTilePitch
    : Setting<6, "ld", "tile_pitch", TilePitch, "source and target of ld.tiles">;

def SetMmPitch : PitchSetting<8, "mm">;
def SetMmWindow : WindowSetting<9, "mm">;
def SetMmEdge : EdgeSetting<10, "mm">;
def SetMmRing : RingSetting<11, "mm">;
def SetMmWeights : Setting<12, "mm", "weights", ArrayWeights, "its weights">;

def SetDwPitch : PitchSetting<16, "dw">;
def SetDwWindow : WindowSetting<17, "dw">;
def SetDwEdge : EdgeSetting<18, "dw">;
def SetDwRing : RingSetting<19, "dw">;
def SetDwWeights : Setting<20, "dw", "weights", LaneWeights, "its weights">;

def SetVxPitch : PitchSetting<24, "vx">;
def SetVxWindow : WindowSetting<25, "vx">;
def SetVxEdge : EdgeSetting<26, "vx">;
def SetVxRing : RingSetting<27, "vx">;
def SetVxTarget : Setting<28, "vx", "target", Target, "where it writes">;
def SetVxOperand : Setting<29, "vx", "operand", Operand, "its second operand">;
def SetVxStages : Setting<30, "vx", "stages", Stages, "what it does">;
def SetVxRescale : Setting<31, "vx", "rescale", Rescale, "step 2 of vx">;
def SetVxScale : Setting<32, "vx", "scale", Scale, "factors of an addition">;
def SetVxResult : Setting<33, "vx", "result", Rescale, "step 6 of vx">;

def SetStBase : BaseSetting<40, "st">;
def SetStShape : ShapeSetting<41, "st">;
def SetStSteps : StepsSetting<42, "st">;
def SetStStrides : StridesSetting<43, "st">;

#endif // SYSTOLE_ISA
