// RUN: systole-opt %s --isa-set-target=machine=mxu-8 | FileCheck %s
// RUN: systole-opt %s --isa-set-target=machine=mxu-8 | not systole-opt --isa-check-faults 2>&1 | FileCheck %s --check-prefix=SMALL
// RUN: systole-opt %s --isa-set-target=machine=mxu-16 | systole-opt --isa-check-faults | FileCheck %s --check-prefix=LARGE
// RUN: not systole-opt %s --isa-set-target=machine=mxu-9 2>&1 | FileCheck %s --check-prefix=UNKNOWN
// RUN: systole-opt %s --isa-set-target | sed 's/array = 16/array = 6/; s/queue = 8/queues = 8/' | not systole-opt 2>&1 | FileCheck %s --check-prefix=WRONG
// RUN: systole-opt %s --isa-set-target | sed 's/array = 16/array = 6/; s/dram.banks = 8/dram.banks = 7/' | not systole-opt 2>&1 | FileCheck %s --check-prefix=RANGE

// Every key of the preset, as accelerator.md's table of presets gives it.
// CHECK: module attributes {isa.target = {accumulators.rows = 512 : i64, array = 8 : i64, depthwise.accumulator_rows = {{[0-9]+}} : i64, depthwise.multipliers_per_lane = 3 : i64, dram.banks = 8 : i64, dram.bytes = {{[0-9]+}} : i64, dram.outstanding = 32 : i64, dram.read_latency = 100 : i64, dram.row_bytes = 2048 : i64, dram.row_miss = 24 : i64, dram.width = 8 : i64, dram.write_latency = 20 : i64, name = "mxu-8", parameters.bytes = 8192 : i64, queue = 8 : i64, scratchpad.banks = 8 : i64, scratchpad.bytes = 131072 : i64, watchdog = {{[0-9]+}} : i64, weights.bytes = 16384 : i64, window.kernel = 11 : i64, window.line_bytes = 8192 : i64}}

// The target is the machine of passes that get no other: mxu-8 has 2048 words of
// weights, mxu-16 has 4096.
// SMALL: error: fault extent
// LARGE: isa.program @load
// UNKNOWN: error: {{.*}}mxu-9
// WRONG-DAG: isa.target: 'queues' is no key of a machine
// WRONG-DAG: isa.target: 'queue' is missing
// RANGE-DAG: isa.target: 'array'
// RANGE-DAG: isa.target: 'dram.banks'
isa.program @load {
  isa.ld(linear, to = weights, target = 3000, length = 16)
}
