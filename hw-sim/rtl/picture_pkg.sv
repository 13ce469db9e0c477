// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// How pictures on chip are walked: widths, and the six loops of picture_walker.

package picture_pkg;
  import systole_pkg::*;

  // Addresses before the ring; columns and rows of the picture, counted from the first tap. Sums wrap:
  // what dispatch has let pass, and lies inside the edges, is right.
  localparam int unsigned PlaceWidth = 23;
  localparam int unsigned CoordWidth = 19;
  // Columns of a row of windows, at most 4096 with a stride of 32, and a kernel.
  localparam int unsigned LoopWidth  = 18;
  localparam int unsigned Loops      = 6;
  typedef logic [PlaceWidth-1:0] place_t;
  typedef logic signed [CoordWidth-1:0] coord_t;

  // Iterations less one; what one moves.
  typedef struct packed {
    logic [LoopWidth-1:0] count;
    place_t               place;
    coord_t               column;
    coord_t               row;
  } loop_t;

  // Where a step is: before the ring; in the picture.
  typedef struct packed {
    place_t place;
    coord_t column;
    coord_t row;
  } spot_t;

  // Distances in memory of one step in each direction.
  typedef struct packed {
    place_t window_x;
    place_t window_y;
    place_t tap_x;
    place_t tap_y;
  } steps_on_chip_t;

  function automatic loop_t loop_x(logic [11:0] width, window_t window, steps_on_chip_t steps);
    return '{count: LoopWidth'(width), place: steps.window_x,
             column: coord_t'({1'b0, window.stride_x}) + coord_t'(1), row: '0};
  endfunction
  function automatic loop_t loop_y(logic [11:0] height, window_t window, steps_on_chip_t steps);
    return '{count: LoopWidth'(height), place: steps.window_y, column: '0,
             row: coord_t'({1'b0, window.stride_y}) + coord_t'(1)};
  endfunction
  function automatic loop_t loop_kx(window_t window, steps_on_chip_t steps);
    return '{count: LoopWidth'(window.kernel_x), place: steps.tap_x,
             column: coord_t'({1'b0, window.dilation_x}) + coord_t'(1), row: '0};
  endfunction
  function automatic loop_t loop_ky(window_t window, steps_on_chip_t steps);
    return '{count: LoopWidth'(window.kernel_y), place: steps.tap_y, column: '0,
             row: coord_t'({1'b0, window.dilation_y}) + coord_t'(1)};
  endfunction
  function automatic loop_t loop_channel(window_t window, pitch_t pitch);
    return '{count: LoopWidth'(window.channels), place: place_t'(pitch.channel),
             column: '0, row: '0};
  endfunction
  // Does not move in the picture.
  function automatic loop_t loop_again(logic [11:0] count);
    return '{count: LoopWidth'(count), place: '0, column: '0, row: '0};
  endfunction

  function automatic logic is_inside(window_t window, edge_t edges, spot_t spot);
    return !window.edged ||
        (spot.column >= coord_t'(edges.left) && spot.column < coord_t'(edges.right) &&
         spot.row >= coord_t'(edges.top) && spot.row < coord_t'(edges.bottom));
  endfunction

  // Where a place inside lies.
  function automatic place_t in_ring(ring_t ring, place_t place);
    return ring.size != '0 && $signed(place) >= $signed(place_t'(ring.limit)) ?
        place - place_t'(ring.size) : place;
  endfunction

endpackage
