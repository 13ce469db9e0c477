isa.program @p {
  isa.ld
  %0 = arith.constant 1 : i32
}
