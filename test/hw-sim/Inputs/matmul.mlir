// y = x w + 10, of 16 rows, 16 inputs and 16 outputs; w is twice the unit matrix.
isa.program @matmul machine "mxu-16" at 4096 {
  isa.tensor input "x" at 65536 : tensor<16x16xi8>
  isa.tensor output "y" at 131072 : tensor<16x16xi8>
  // A tile: row k has the weights of input k. And the biases.
  isa.data at 8192 = dense<"0x02000000000000000000000000000000000200000000000000000000000000000000020000000000000000000000000000000002000000000000000000000000000000000200000000000000000000000000000000020000000000000000000000000000000002000000000000000000000000000000000200000000000000000000000000000000020000000000000000000000000000000002000000000000000000000000000000000200000000000000000000000000000000020000000000000000000000000000000002000000000000000000000000000000000200000000000000000000000000000000020000000000000000000000000000000002"> : tensor<16x16xi8>
  isa.data at 8448 = dense<10> : tensor<16xi32>

  // LD retires in order: its last signal covers all three.
  isa.set.ld.base(index = 1, address = 8192) loc("matmul"("MatMul"))
  isa.ld(to = weights, linear, base = 1, length = 256) loc("matmul"("MatMul"))
  isa.ld(to = parameters, linear, base = 1, offset = 256, length = 64) loc("matmul"("MatMul"))
  isa.set.ld.base(address = 65536) {isa.relocation = #isa.relocation<input "x">} loc("matmul"("MatMul"))
  isa.ld(linear, length = 256, signal0 = 0) loc("matmul"("MatMul"))

  // A picture of one row: its columns are the rows of the matrix.
  isa.set.mm.pitch(x = 1) loc("matmul"("MatMul"))
  isa.mm(width = 16, wait0 = 0, signal0 = 1) loc("matmul"("MatMul"))

  // Bias, then (x * 1) >> 0, then clamp to int8.
  isa.set.vx.pitch(x = 1) loc("matmul"("MatMul"))
  isa.set.vx.target(x = 1) loc("matmul"("MatMul"))
  isa.set.vx.stages(bias = first, combine = scale) loc("matmul"("MatMul"))
  isa.set.vx.result(rounding = single, multiplier = 1, low = -128, high = 127) loc("matmul"("MatMul"))
  isa.vx(target = 256, width = 16, wait0 = 1, signal0 = 2) loc("matmul"("MatMul"))

  isa.set.st.base(address = 131072) {isa.relocation = #isa.relocation<output "y">} loc("matmul"("MatMul"))
  isa.st(linear, source = 256, length = 256, wait0 = 2) loc("matmul"("MatMul"))
}
