// RUN: systole-opt %s --isa-check-faults -split-input-file -verify-diagnostics

// Every fault, each once.
isa.program @all machine "mxu-16" at 4096 {
  // expected-error @+1 {{fault extent: ld: writes 16384 to 16384 of scratchpad, which ends at 16384}}
  isa.ld(target = 16384, signal0 = 0)
  // Its token was signalled above: no further fault.
  isa.mm(wait0 = 0)
  // expected-error @+1 {{fault semaphore: mm: waits for semaphore 0, which no earlier instruction has signalled}}
  isa.mm(wait0 = 0, signal0 = 1)
  // expected-error @+1 {{fault semaphore: dw: semaphore 0 is already waited for by mm}}
  isa.dw(wait0 = 0)
  // Not the next one either, though the one before did not run.
  isa.vx(wait0 = 1)
  // expected-error @+1 {{fault opcode: no instruction has the opcode 63}}
  isa.word 0x000000000000000000000000000000ff
  isa.set.st.base(address = 4096)
  // expected-error @+1 {{fault program: st: writes into the program}}
  isa.st
  isa.set.vx.window(kernel_x = 2)
  // expected-error @+1 {{fault field: vx: the window has several taps and nothing pools them}}
  isa.vx
}

// -----

// expected-error @+2 {{the program names no machine}}
// expected-note @+1 {{name one with the pass's option}}
isa.program @nameless {
}

// -----

// expected-error @+3 {{the program is for another machine}}
// expected-note @+2 {{the program was made for array=8, machine 'mxu-16' has array=16}}
// expected-note @+1 {{the program was made for cores=2, machine 'mxu-16' has nothing}}
isa.program @another machine "mxu-16" requires ["isa=1", "array=8", "cores=2"] {
}
