// RUN: systole-opt %s --isa-check-program -split-input-file -verify-diagnostics

// One word is touched by both.
isa.program @race machine "mxu-16" {
  // expected-note @+1 {{the earlier access}}
  isa.ld(linear, offset = 4096, target = 100, length = 256)
  // expected-error @+1 {{instruction 1}}
  isa.st(linear, offset = 8192, source = 115, length = 256)
}

// -----

// A token that nothing takes.
isa.program @balance machine "mxu-16" {
  // expected-error @+1 {{semaphore 4 is left with 1 token(s)}}
  isa.ld(linear, offset = 4096, signal0 = 4)
}

// -----

// Behind a fault nothing is checked.
isa.program @fault machine "mxu-16" {
  // expected-error @+1 {{instruction 0: fault extent}}
  isa.ld(target = 16384, signal0 = 4)
  isa.mm(wait0 = 5)
}

// -----

// expected-error @+2 {{the program names no machine}}
// expected-note @+1 {{name one with the pass's option}}
isa.program @nameless {
}
