//===- State.h - The variables of a module ----------------------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What `graph.variable` operations hold while a program runs. A state outlives
// the runs that use it, and all entries of the module may use the same one:
//
//   FailureOr<State> state = State::begin(module);
//   InterpreterOptions options;
//   options.state = &*state;
//   interpret(entry, arguments, options);   // reads and assigns variables
//   interpret(other, arguments, options);   // sees what was assigned
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_DIALECTS_GRAPH_INTERPRETER_STATE_H
#define SYSTOLE_DIALECTS_GRAPH_INTERPRETER_STATE_H

#include "dialects/Graph/IR/Tensor.h"
#include "mlir/IR/BuiltinOps.h"
#include "llvm/ADT/StringMap.h"

namespace systole::graph {

class State {
public:
  /// A state of no variables.
  State() = default;
  /// Gives every variable of `module` its initial value, then runs the
  /// initialisers in order. On failure a message has been emitted.
  static mlir::FailureOr<State> begin(mlir::ModuleOp module);

  /// Gives the variables marked `per_sample` their initial values again.
  void beginSample();

  /// The value of a variable; a null tensor if there is none of this name.
  Tensor read(llvm::StringRef variable) const {
    return variables.lookup(variable).value;
  }
  void assign(llvm::StringRef variable, const Tensor &value) {
    variables[variable].value = value;
  }

private:
  /// Tensors share memory, which nobody writes to: copies are cheap.
  struct Variable {
    Tensor value, initial;
    bool perSample = false;
  };
  llvm::StringMap<Variable> variables;
};

} // namespace systole::graph

#endif // SYSTOLE_DIALECTS_GRAPH_INTERPRETER_STATE_H
