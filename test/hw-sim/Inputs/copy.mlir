// The smallest program that does something: DRAM to scratchpad to DRAM.
isa.program @copy machine "mxu-16" at 4096 {
  isa.tensor input "x" at 65536 : tensor<16x16xi8>
  isa.tensor output "y" at 131072 : tensor<16x16xi8>
  isa.set.ld.base(address = 65536) {isa.relocation = #isa.relocation<input "x">}
  isa.ld(linear, target = 100, length = 256, signal0 = 0)
  isa.set.st.base(address = 131072) {isa.relocation = #isa.relocation<output "y">}
  isa.st(linear, source = 100, length = 256, wait0 = 0)
}
