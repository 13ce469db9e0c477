// Every engine and every instruction once, one after the other.
isa.program @engines machine "mxu-16" at 4096 {
  isa.tensor input "picture" at 65536 : tensor<8x8x3xi8>
  isa.tensor output "maxima" at 131072 : tensor<16x16xi8>
  isa.data at 8192 = dense<1> : tensor<41x16xi8>
  // A table that changes nothing.
  isa.data at 16384 = dense<"0x000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F202122232425262728292A2B2C2D2E2F303132333435363738393A3B3C3D3E3F404142434445464748494A4B4C4D4E4F505152535455565758595A5B5C5D5E5F606162636465666768696A6B6C6D6E6F707172737475767778797A7B7C7D7E7F808182838485868788898A8B8C8D8E8F909192939495969798999A9B9C9D9E9FA0A1A2A3A4A5A6A7A8A9AAABACADAEAFB0B1B2B3B4B5B6B7B8B9BABBBCBDBEBFC0C1C2C3C4C5C6C7C8C9CACBCCCDCECFD0D1D2D3D4D5D6D7D8D9DADBDCDDDEDFE0E1E2E3E4E5E6E7E8E9EAEBECEDEEEFF0F1F2F3F4F5F6F7F8F9FAFBFCFDFEFF"> : tensor<256xi8>

  isa.set.ld.base(index = 1, address = 8192) loc("conv1"("Conv"))
  isa.ld(to = weights, linear, base = 1, length = 656) loc("conv1"("Conv"))
  isa.ld(to = parameters, linear, base = 1, offset = 8192, length = 256) loc("conv1"("Conv"))
  isa.set.ld.base(address = 65536) {isa.relocation = #isa.relocation<input "picture">} loc("conv1"("Conv"))
  isa.set.ld.picture(height = 8, width = 8, channels = 3, pitch = 24) loc("conv1"("Conv"))
  isa.set.ld.kernel(kernel_x = 3, kernel_y = 3, columns = 6) loc("conv1"("Conv"))
  isa.ld.window(rows = 6, signal0 = 0) loc("conv1"("Conv"))

  // 27 values of a window fill two words, less 5 lanes.
  isa.set.mm.pitch(x = 2, y = 12, channel = 1) loc("conv1"("Conv"))
  isa.set.mm.window(channels = 2) loc("conv1"("Conv"))
  isa.set.mm.weights(pad_k = 5) loc("conv1"("Conv"))
  isa.mm(width = 6, height = 6, wait0 = 0, signal0 = 1) loc("conv1"("Conv"))
  isa.set.vx.pitch(x = 1, y = 6) loc("conv1"("Conv"))
  isa.set.vx.target(x = 1, y = 6) loc("conv1"("Conv"))
  isa.set.vx.stages(combine = scale) loc("conv1"("Conv"))
  isa.set.vx.result(rounding = double, multiplier = 1073741824, shift = -2, low = -128, high = 127) loc("conv1"("Conv"))
  isa.vx(target = 100, width = 6, height = 6, wait0 = 1, signal0 = 2) loc("conv1"("Conv"))

  isa.set.dw.pitch(x = 1, y = 6) loc("conv2"("DepthwiseConv"))
  isa.set.dw.window(kernel_x = 3, kernel_y = 3) loc("conv2"("DepthwiseConv"))
  isa.dw(source = 100, weights = 32, width = 4, height = 4, wait0 = 2, signal0 = 3) loc("conv2"("DepthwiseConv"))
  isa.vx.table loc("conv2"("DepthwiseConv"))
  isa.set.vx.pitch(x = 1, y = 4) loc("conv2"("DepthwiseConv"))
  isa.set.vx.target(x = 1, y = 4) loc("conv2"("DepthwiseConv"))
  isa.set.vx.stages(source = depthwise, combine = scale, lookup = result) loc("conv2"("DepthwiseConv"))
  isa.vx(target = 200, width = 4, height = 4, wait0 = 3, signal0 = 4) loc("conv2"("DepthwiseConv"))

  isa.set.ld.tile_pitch(row = 1) loc("gram"("MatMul"))
  isa.ld.tiles(source = 200, target = 64, rows = 16, transpose, wait0 = 4, signal0 = 5) loc("gram"("MatMul"))
  isa.set.mm.pitch(x = 1) loc("gram"("MatMul"))
  isa.set.mm.window loc("gram"("MatMul"))
  isa.set.mm.weights loc("gram"("MatMul"))
  isa.mm(source = 200, weights = 64, target = 64, width = 16, wait0 = 5, signal0 = 6) loc("gram"("MatMul"))

  isa.set.vx.pitch(x = 1) loc("max"("ReduceMax"))
  isa.set.vx.target(x = 1) loc("max"("ReduceMax"))
  isa.set.vx.stages loc("max"("ReduceMax"))
  isa.vx.reduce(source = 64, target = 300, width = 16, wait0 = 6, signal0 = 7, signal1 = 8) loc("max"("ReduceMax"))
  isa.sync(engine = st, wait0 = 8)
  isa.set.st.base(address = 131072) {isa.relocation = #isa.relocation<output "maxima">}
  isa.st(linear, source = 300, length = 256, wait0 = 7)
}
