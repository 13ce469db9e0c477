//===- Verbs.cpp - The tables of the verbs' options -----------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Everything that `--help` shows. An option stands here and in the file of the
// verb that reads it, nowhere else.
//
//===----------------------------------------------------------------------===//

#include "tools/systole/Verbs.h"

using namespace llvm;
using namespace systole::driver;

//===----------------------------------------------------------------------===//
// Options that verbs share
//===----------------------------------------------------------------------===//

static constexpr Option kModelOptions[] = {
    {"--signature", Arity::Value, "NAME", false,
     "The entry point, where the model has several"},
    {"--inputs", Arity::Value, "A,B", false,
     "Feeds: these tensors become the inputs; what only computed\n"
     "them is pruned"},
    {"--outputs", Arity::Value, "A,B", false,
     "Fetches: these tensors become the outputs; everything else\n"
     "is pruned"},
    {"--shape", Arity::Value, "NAME=1x3x224x224", false,
     "Binds an input's dynamic dimensions ('?' leaves one open);\n"
     "repeated"},
};

static constexpr Option kCommonOptions[] = {
    {"--no-cache", Arity::Flag, "", false,
     "Neither use nor fill the cache of compiled modules"},
    {"--load-plugin", Arity::Value, "FILE", false,
     "Add operators, operations, passes or targets; repeated"},
    {"--quiet", Arity::Flag, "", false, "No warnings and no progress"},
    {"--verbose", Arity::Flag, "", false,
     "Say what is done, and show compiler notes"},
    {"--help", Arity::Flag, "", false, "Show this text"},
};

//===----------------------------------------------------------------------===//
// compile
//===----------------------------------------------------------------------===//

static constexpr Option kCompileOptions[] = {
    {"-o", Arity::Value, "OUT", false,
     "The file to write; '-' for text on standard output"},
    {"--emit", Arity::Value, "exe|obj|module|mlir|asm|image", false,
     "exe: a standalone executable (default)\n"
     "obj: OUT.o and OUT.h, a C function for each entry point\n"
     "module: a shared object for 'systole run' and the C API\n"
     "mlir: the program as text after the last phase\n"
     "asm: assembly\n"
     "image: a program for a matrix unit; of a program, whose other\n"
     "forms are mlir and asm"},
    {"--target", Arity::Value, "cpu|cuda|MACHINE", false,
     "The device; cpu in this version, or a plugin's. For a program\n"
     "the machine of its image: a preset (mxu-16) or a machine file"},
    {"--cpu", Arity::Value, "native|x86-64-v2|x86-64-v3|x86-64-v4|generic|NAME",
     false,
     "What instructions to use; default native, generic with a\n"
     "cross --triple. NAME is LLVM's, features may follow:\n"
     "x86-64-v4+avx512vnni"},
    {"--triple", Arity::Value, "T", false,
     "The target system, e.g. aarch64-linux-gnu; default this one"},
    {"--threads", Arity::Value, "N|auto", false,
     "Default auto: as many as the machine has at run time;\n"
     "1: no threading code is linked"},
    {"--quantize", Arity::Value, "int8", true,
     "Post-training quantisation: what keeps its accuracy computes\n"
     "on 8-bit integers; inputs and outputs stay as they are"},
    {"--calibration", Arity::Value, "[NAME|INDEX=]FILE", false,
     "With --quantize: samples of an input, along the leading axis\n"
     "of a .npy file; repeated. A sole input needs no name"},
    {"--calibration-ranges", Arity::Value, "min-max|percentile|mean-square",
     true, "How ranges are read off the samples; default mean-square"},
    {"--quantize-target", Arity::Value, "DB", false,
     "Keep operations on floats until the results have this ratio\n"
     "of signal to noise; default 25"},
    {"--quantize-budget", Arity::Value, "PERCENT", false,
     "Most multiply-adds to keep on floats for it; default 10"},
    {"--quantize-report", Arity::OptionalValue, "FILE", false,
     "Signal to noise of every node and of the results, before and\n"
     "after; on standard output, or in FILE (.json: as JSON)"},
    {"--weights", Arity::Value, "embed|file", true,
     "file: OUT.weights, mapped into memory and hash-checked"},
    {"--precision", Arity::Value, "strict|fast", true,
     "Default fast: contraction and faster algorithms within their\n"
     "stated tolerance; strict: none"},
    {"--effort", Arity::Value, "fast|default|max", true,
     "Budget of the schedule search"},
    {"--dynamic", Arity::Flag, "", false,
     "Executables use the system's C library (default: none)"},
    {"--explain", Arity::OptionalValue, "FILE", false,
     "For each source node: what it became, what it was fused into,\n"
     "and why not better; on standard output, or in FILE (.html: the\n"
     "graph, drawn)"},
    {"--compile-to", Arity::Value, "PHASE", false,
     "Stop after a phase and write the program as text"},
    {"--print-ir-after", Arity::Value, "PASS", false,
     "Print the program after this pass, or phase, on standard\n"
     "error; repeated"},
    {"--save-phases", Arity::Value, "DIR", false,
     "Write the program after each phase to DIR/NN-PHASE.mlir"},
};

static constexpr StringLiteral kCompileExamples =
    "  systole compile mnist.onnx -o mnist\n"
    "  ./mnist --input digit.npy\n"
    "  systole compile net.onnx -o net --emit=obj --triple=aarch64-linux-gnu "
    "--shape x=1x3x64x64\n"
    "  systole compile net.onnx -o - --compile-to=fuse\n"
    "  systole compile net.onnx -o net8 --quantize=int8 --calibration "
    "samples.npy\n"
    "  systole compile program.mlir -o program.img --emit=image\n"
    "  systole compile program.img -o - --emit=asm\n";

//===----------------------------------------------------------------------===//
// run
//===----------------------------------------------------------------------===//

static constexpr Option kRunOptions[] = {
    {"--input", Arity::Value, "[NAME|INDEX=]FILE", false,
     "An input: .npy, .wav, or a folder of 0.npy, 1.npy, ... for a\n"
     "sequence; repeated. A sole input needs no name"},
    {"--output-dir", Arity::Value, "DIR", false,
     "Write each output to DIR/NAME.npy; without it they are shown\n"
     "as text"},
    {"--device", Arity::Value, "cpu|interpreter", false,
     "Default cpu; interpreter: the slow, exact reference"},
    {"--each", Arity::Flag, "", false,
     "Inputs have one more leading axis: run once for each entry.\n"
     "A file of the declared rank serves every entry. The model's variables\n"
     "keep their values from one to the next, or begin anew, as it says"},
    {"--carry", Arity::Value, "OUT=IN", false,
     "With --each: feed an output to an input of the next entry;\n"
     "repeated. The input's file is its first value, else zeros"},
    {"--compare", Arity::Value, "DIR|[NAME|INDEX=]FILE", false,
     "Compare outputs with stored ones; status 1 if outside the\n"
     "tolerance; repeated"},
    {"--rtol", Arity::Value, "X", false,
     "Relative tolerance of --compare; default 1e-3"},
    {"--atol", Arity::Value, "X", false,
     "Absolute tolerance of --compare; default 1e-5. For --bisect\n"
     "times the largest value of a tensor"},
    {"--check-finite", Arity::Flag, "", false,
     "Stop at the first node that yields NaN or Inf, and name it"},
    {"--bisect", Arity::Flag, "", false,
     "Compare every intermediate value with the interpreter's and\n"
     "name the first node that differs, with a loop's iteration"},
    {"--profile", Arity::OptionalValue, "FILE.json", false,
     "Time for each source node, fused ones together; in FILE a\n"
     "trace for Perfetto"},
    {"--repeat", Arity::Value, "N", false,
     "Run N times and report the latency"},
    {"--warmup", Arity::Value, "W", false,
     "Runs before those that are timed; default 1"},
    {"--threads", Arity::Value, "T", false, "Threads to use; default all"},
    {"--json", Arity::Flag, "", false,
     "Report latency, inputs and outputs as JSON"},
    {"--dequantize", Arity::Flag, "", false,
     "Outputs as float32; float files for quantised inputs"},
};

static constexpr StringLiteral kRunExamples =
    "  systole run mnist.onnx --input digit.npy\n"
    "  systole run mnist.onnx --input digits.npy --each --output-dir out\n"
    "  systole run net.onnx --input x=a.npy --compare y=expected.npy --rtol "
    "1e-3\n"
    "  systole run net.onnx --input a.npy --repeat 100 --json\n";

//===----------------------------------------------------------------------===//
// inspect
//===----------------------------------------------------------------------===//

static constexpr Option kInspectOptions[] = {
    {"--json", Arity::Flag, "", false, "As JSON; unknown dimensions are null"},
};

static constexpr StringLiteral kInspectExamples =
    "  systole inspect mnist.onnx\n"
    "  systole inspect mnist.onnx --json\n"
    "  systole inspect program.img\n";

//===----------------------------------------------------------------------===//
// sim
//===----------------------------------------------------------------------===//

static constexpr Option kMachineOptions[] = {
    {"--machine", Arity::Value, "MACHINE", false,
     "A preset (mxu-8, mxu-16, mxu-32, mxu-64) or a machine .yaml;\n"
     "default: the one that the image was made for"},
    {"--what-if", Arity::Value, "KEY=VALUE", false,
     "Change a key of the machine, as in dram.width=32; repeated"},
    {"--quick-build", Arity::Flag, "", false,
     "Where the RTL is simulated: a simulator that is soon made,\n"
     "and slow"},
    {"--no-skip", Arity::Flag, "", false,
     "Where the cycle engine runs: simulate every cycle"},
};

static constexpr Option kSimOptions[] = {
    {"--engine", Arity::Value,
     "functional|cycle|rtl|systemc|systemc-at|systemc-lt", true,
     "functional: program order, bit-exact, no time (default)\n"
     "cycle: the machine's timing, without its data paths\n"
     "rtl: the SystemVerilog, by Verilator\n"
     "systemc: the same inside of a SystemC platform\n"
     "systemc-at, systemc-lt: cycle, functional inside of one"},
    {"--input", Arity::Value, "[NAME|INDEX=]FILE", false,
     "An input of the image: .npy; repeated. A sole input needs no\n"
     "name"},
    {"--output-dir", Arity::Value, "DIR", false,
     "Write each output to DIR/NAME.npy; without it they are shown\n"
     "as text"},
    {"--poison", Arity::Flag, "", false,
     "Fail if an output depends on memory that nothing has written"},
    {"--report", Arity::Value, "text|json|html", true,
     "How to report work, traffic and where cycles went; default\n"
     "text. html: roofline, timeline, causes, slots, traffic"},
    {"-o", Arity::Value, "FILE", false,
     "Where to write the report; default standard output"},
    {"--trace", Arity::Value, "FILE.json", false,
     "A timeline for Perfetto: a lane for each engine, waits for\n"
     "semaphores, source nodes"},
    {"--times", Arity::Value, "FILE.csv", false,
     "Start and retire cycle of every instruction; those of two\n"
     "engines can be compared by diff"},
    {"--wave", Arity::Value, "FILE.fst", false,
     "The RTL's signals as a waveform, and FILE.gtkw for GTKWave"},
    {"--wave-cycles", Arity::Value, "A:B", false,
     "Only in these cycles; default all"},
};

static constexpr StringLiteral kSimExamples =
    "  systole sim net.img --input x.npy --output-dir out\n"
    "  systole sim program.s --machine=mxu-16 --report=json\n"
    "  systole sim net.img --engine=rtl --input x.npy --report=html -o "
    "net.html\n"
    "  systole sim net.img --engine=rtl --input x.npy --what-if "
    "dram.width=32\n";

//===----------------------------------------------------------------------===//
// diff
//===----------------------------------------------------------------------===//

static constexpr Option kDiffOptions[] = {
    {"--engines", Arity::Value, "A,B,...", false,
     "The engines to compare, with the first one: functional, cycle,\n"
     "rtl, systemc; default functional,rtl"},
    {"--random", Arity::Value, "N", false,
     "N random programs in place of IMAGE, every fourth with a fault"},
    {"--seed", Arity::Value, "S", false,
     "Of the first random program, and of memory that nothing has\n"
     "written; default 1"},
    {"--input", Arity::Value, "[NAME|INDEX=]FILE", false,
     "An input of the image: .npy; repeated"},
    {"--poison", Arity::Flag, "", false,
     "Memory that nothing has written differs from engine to engine;\n"
     "outputs alone are compared"},
    {"--only", Arity::Value, "A,B,...", false,
     "Random programs of these instructions alone, as in ld,st; in\n"
     "place of others stands sync"},
    {"--no-shrink", Arity::Flag, "", false,
     "Do not look for the least random program that differs"},
    {"--wave", Arity::Value, "FILE.fst", false,
     "The signals of the RTL around a difference"},
    {"-o", Arity::Value, "FILE", false,
     "Where to write the least program that differs, as text"},
};

static constexpr StringLiteral kDiffExamples =
    "  systole diff net.img --engines=functional,rtl --input x.npy\n"
    "  systole diff --random=100 --machine=mxu-8 "
    "--engines=functional,cycle,rtl\n";

//===----------------------------------------------------------------------===//
// reduce
//===----------------------------------------------------------------------===//

static constexpr Option kReduceOptions[] = {
    {"-o", Arity::Value, "OUT.mlir", false,
     "The file to write; default reduced.mlir"},
    {"--timeout", Arity::Value, "SECONDS", false,
     "For one run of the command; default 60. A command that takes\n"
     "longer is ended, and counts as a failure of its own kind"},
    {"--expect", Arity::Value, "TEXT", false,
     "A candidate fails like the model only if the command prints\n"
     "this, too: many mistakes have the same exit status"},
};

static constexpr StringLiteral kReduceExamples =
    "  systole reduce net.onnx -- systole compile {} -o /dev/null\n"
    "  systole reduce net.onnx -o small.mlir -- ./differs.sh\n"
    "  systole reduce net.onnx --expect 'not finite' -- systole run {} "
    "--check-finite\n"
    "COMMAND gets a candidate's path in place of {}, or as its last word. A\n"
    "candidate fails like the model if COMMAND's exit status, which is not 0,\n"
    "is the same.\n";

//===----------------------------------------------------------------------===//
// The verbs
//===----------------------------------------------------------------------===//

static const ArrayRef<Option> kCompileTables[] = {
    kCompileOptions, kModelOptions, kCommonOptions};
static const ArrayRef<Option> kRunTables[] = {kRunOptions, kModelOptions,
                                              kCommonOptions};
static const ArrayRef<Option> kInspectTables[] = {
    kInspectOptions, kModelOptions, kCommonOptions};

static const ArrayRef<Option> kSimTables[] = {kSimOptions, kMachineOptions,
                                              kCommonOptions};
static const ArrayRef<Option> kDiffTables[] = {kDiffOptions, kMachineOptions,
                                               kCommonOptions};
static const ArrayRef<Option> kReduceTables[] = {kReduceOptions, kModelOptions,
                                                 kCommonOptions};

static const Verb kVerbs[] = {
    {"compile", "MODEL -o OUT [options]",
     "Makes an executable, an object file or a module of a model.",
     kCompileExamples, 1, false, kCompileTables, compileVerb, printPhases},
    {"run", "MODEL|MODULE [options]",
     "Runs a model, or a compiled module, on input files.", kRunExamples, 1,
     false, kRunTables, runVerb, nullptr},
    {"inspect", "MODEL|OUT [options]",
     "Shows what a model, or a compiled one, consists of.", kInspectExamples, 1,
     false, kInspectTables, inspectVerb, nullptr},
    {"sim", "IMAGE|PROGRAM [options]",
     "Runs a program on a model of the matrix unit.", kSimExamples, 1, false,
     kSimTables, simVerb, nullptr},
    {"diff", "IMAGE|PROGRAM|--random=N [options]",
     "Compares what engines of the matrix unit make of programs.",
     kDiffExamples, 1, false, kDiffTables, diffVerb, nullptr, "--random"},
    {"reduce", "MODEL [options] -- COMMAND",
     "Finds the smallest graph for which a command still fails.",
     kReduceExamples, 1, true, kReduceTables, reduceVerb, nullptr},
};

ArrayRef<Verb> systole::driver::allVerbs() { return kVerbs; }

ExitStatus systole::driver::notInThisVersion(const Arguments &arguments,
                                             const Twine &what) {
  return usageError(arguments, what + " is not in this version of systole");
}
