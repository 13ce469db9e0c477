//===- IsaBase.td - How the instruction table is written ---*- tablegen -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The classes of Isa.td. Nobody writes a bit number: the fields of a layout lie
// one after the other, and systole-tblgen counts. All zero bits are the
// default of every field, so a setting that no program touches is all zeros.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_ISA_BASE
#define SYSTOLE_ISA_BASE

//===----------------------------------------------------------------------===//
// Enumerations
//===----------------------------------------------------------------------===//

class Case<string n, int v, string s> {
  string name = n;
  int value = v;
  string summary = s;
}

/// A closed list of values; every other value of its bits is illegal.
class Enum<int w, string s, list<Case> c> {
  int width = w;
  string summary = s;
  list<Case> cases = c;
}

//===----------------------------------------------------------------------===//
// Fields
//===----------------------------------------------------------------------===//

class Field<string n, int w, string k, string s> {
  string name = n;
  int width = w;
  /// How the bits are read: unsigned, signed, count, flag, choice, token.
  string kind = k;
  string summary = s;
  /// Of a choice: its values.
  Enum choices = ?;
  /// Largest legal value, where it is less than the bits could say.
  int max = -1;
}

class UInt<string n, int w, string s> : Field<n, w, "unsigned", s>;
class SInt<string n, int w, string s> : Field<n, w, "signed", s>;
/// 1 to 2^w, stored less one: zero bits are one iteration.
class Count<string n, int w, string s> : Field<n, w, "count", s>;
class Flag<string n, string s> : Field<n, 1, "flag", s>;
class Choice<string n, Enum e, string s> : Field<n, e.width, "choice", s> {
  let choices = e;
}
/// A semaphore, stored plus one: zero bits name none.
class Token<string n, string s> : Field<n, 5, "token", s> { let max = 16; }
/// Bits that are kept for later: anything but zero is illegal.
class Reserved<string n, int w, string s> : Field<n, w, "unsigned", s> {
  let max = 0;
}

/// Fields one after the other, from the lowest bit up; one C++ structure.
class Layout<string s, list<Field> f> {
  string summary = s;
  list<Field> fields = f;
}

//===----------------------------------------------------------------------===//
// Instructions
//===----------------------------------------------------------------------===//

/// Bits 32 to 127 of an instruction. Below them lie the opcode and, in a working
/// instruction, its semaphores; in a setting, its number.
class Format<string m, string e, Layout l, string s> {
  /// Assembler name; the operation of the isa dialect is `isa.` and this.
  string mnemonic = m;
  /// A case of Engine; empty where a field `engine` says it.
  string engine = e;
  Layout layout = l;
  string summary = s;
  string description = "";
}

/// Waits and signals, and does something.
class Work<int o, string m, string e, Layout l, string s>
    : Format<m, e, l, s> {
  int opcode = o;
}

/// Changes one register of an engine's configuration, from the next working
/// instruction of that engine on. `member` is its name in the C++ structure of
/// that configuration.
class Setting<int n, string e, string member, Layout l, string s>
    : Format<"set." # e # "." # member, e, l, s> {
  int number = n;
  string name = member;
  /// Of a register file: how many; its field `index` says which.
  int copies = 1;
}

#endif // SYSTOLE_ISA_BASE
