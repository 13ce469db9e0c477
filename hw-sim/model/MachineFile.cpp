//===- MachineFile.cpp - Reading machine files ----------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// libyaml parses; this walks its nodes once and holds every key against the
// table of Machine.cpp.
//
//===----------------------------------------------------------------------===//

#include "hw-sim/model/MachineFile.h"
#include <cstdio>
#include <map>
#include <yaml.h>

namespace systole::sim {

std::string FileProblem::text() const {
  return file + (line > 0 ? ":" + std::to_string(line) : "") +
         ": error: " + message;
}

//===----------------------------------------------------------------------===//
// Values
//===----------------------------------------------------------------------===//

/// A decimal number, perhaps with a unit: "2048", "2 KiB".
static std::optional<uint64_t> parseNumber(std::string_view text) {
  static constexpr struct {
    std::string_view name;
    unsigned shift;
  } kUnits[] = {{"KiB", 10}, {"MiB", 20}, {"GiB", 30}};
  unsigned shift = 0;
  for (const auto &unit : kUnits) {
    if (text.size() < 3 || text.substr(text.size() - 3) != unit.name)
      continue;
    shift = unit.shift;
    text.remove_suffix(3);
    while (!text.empty() && text.back() == ' ')
      text.remove_suffix(1);
    break;
  }
  // More digits than a legal value has would overflow.
  if (text.empty() || text.size() > 15)
    return std::nullopt;
  uint64_t value = 0;
  for (char c : text) {
    if (c < '0' || c > '9')
      return std::nullopt;
    value = 10 * value + (c - '0');
  }
  if (value > UINT64_MAX >> shift)
    return std::nullopt;
  return value << shift;
}

std::string setMachineKey(Machine &machine, std::string_view name,
                          std::string_view value) {
  const MachineKey *key = findMachineKey(name);
  if (!key) {
    std::string names;
    for (const MachineKey &one : machineKeys())
      names += (names.empty() ? "" : ", ") + std::string(one.name);
    return "there is no key '" + std::string(name) + "'; the keys are name, " +
           names;
  }
  std::optional<uint64_t> number = parseNumber(value);
  if (!number || !key->isLegal(*number))
    return std::string(name) + " is '" + std::string(value) +
           "', but must be " + key->range();
  key->member(machine) = *number;
  return "";
}

/// What is wrong with the value of `name`, or "".
static std::string setName(Machine &machine, std::string_view value) {
  static constexpr char kLegal[] = "abcdefghijklmnopqrstuvwxyz"
                                   "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";
  machine.name = value;
  if (value.empty() || value.size() > 64 ||
      value.find_first_not_of(kLegal) != std::string_view::npos)
    return "name is '" + std::string(value) +
           "', but must be 1 to 64 letters, digits, '-', '_' and '.'";
  return "";
}

//===----------------------------------------------------------------------===//
// The file
//===----------------------------------------------------------------------===//

namespace {

/// One walk over a parsed document.
class Reader {
public:
  Reader(const std::string &file, std::vector<FileProblem> &problems)
      : file(file), problems(problems), numBefore(problems.size()) {}

  std::optional<Machine> read(std::string_view text);

private:
  void readMapping(yaml_document_t &document, const yaml_node_t &mapping,
                   const std::string &prefix);
  void readValue(const yaml_node_t &node, const std::string &key);
  void checkTogether();
  void report(const yaml_node_t &node, const std::string &message) {
    problems.push_back({file, node.start_mark.line + 1, message});
  }

  const std::string &file;
  std::vector<FileProblem> &problems;
  /// Problems of other files.
  size_t numBefore;
  Machine machine;
  /// Line of every key that was there.
  std::map<std::string, uint64_t> lines;
};

} // namespace

static std::string scalarOf(const yaml_node_t &node) {
  return std::string(reinterpret_cast<const char *>(node.data.scalar.value),
                     node.data.scalar.length);
}

void Reader::readValue(const yaml_node_t &node, const std::string &key) {
  if (node.type != YAML_SCALAR_NODE)
    return report(node, key + " is no number");
  std::string text = scalarOf(node);
  std::string problem = key == "name" ? setName(machine, text)
                                      : setMachineKey(machine, key, text);
  if (!problem.empty())
    report(node, problem);
}

void Reader::readMapping(yaml_document_t &document, const yaml_node_t &mapping,
                         const std::string &prefix) {
  auto *pair = mapping.data.mapping.pairs.start;
  for (; pair < mapping.data.mapping.pairs.top; ++pair) {
    const yaml_node_t &name = *yaml_document_get_node(&document, pair->key);
    const yaml_node_t &value = *yaml_document_get_node(&document, pair->value);
    if (name.type != YAML_SCALAR_NODE) {
      report(name, "a key is no word");
      continue;
    }
    std::string key = prefix + scalarOf(name);
    // One level deep; a deeper mapping is reported as no number.
    if (value.type == YAML_MAPPING_NODE && prefix.empty()) {
      readMapping(document, value, key + ".");
      continue;
    }
    if (!lines.emplace(key, name.start_mark.line + 1).second)
      report(name, key + " is there twice");
    else
      readValue(value, key);
  }
}

/// Keys that are missing, and what legal keys say together.
void Reader::checkTogether() {
  if (!lines.count("name"))
    problems.push_back({file, 0, "name is missing"});
  for (const MachineKey &key : machineKeys())
    if (!lines.count(key.name))
      problems.push_back({file, 0,
                          key.name + (" is missing: " + key.range()) +
                              (*key.unit ? " " : "") + key.unit + ", " +
                              key.summary});
  if (problems.size() > numBefore)
    return;
  for (const MachineProblem &problem : checkMachine(machine))
    problems.push_back(
        {file, lines[problem.key], problem.key + " " + problem.message});
}

std::optional<Machine> Reader::read(std::string_view text) {
  yaml_parser_t parser;
  yaml_document_t document;
  yaml_parser_initialize(&parser);
  yaml_parser_set_input_string(
      &parser, reinterpret_cast<const unsigned char *>(text.data()),
      text.size());
  if (!yaml_parser_load(&parser, &document)) {
    problems.push_back({file, parser.problem_mark.line + 1,
                        std::string("this is no YAML: ") +
                            (parser.problem ? parser.problem : "no memory")});
    yaml_parser_delete(&parser);
    return std::nullopt;
  }
  const yaml_node_t *root = yaml_document_get_root_node(&document);
  if (root && root->type == YAML_MAPPING_NODE) {
    readMapping(document, *root, "");
    checkTogether();
  } else {
    problems.push_back({file, 0, "a machine file is a list of 'key: value'"});
  }
  yaml_document_delete(&document);
  yaml_parser_delete(&parser);
  if (problems.size() > numBefore)
    return std::nullopt;
  return machine;
}

std::optional<Machine> parseMachine(std::string_view text,
                                    const std::string &file,
                                    std::vector<FileProblem> &problems) {
  return Reader(file, problems).read(text);
}

std::optional<Machine> loadMachine(const std::string &path,
                                   std::vector<FileProblem> &problems) {
  // Larger than any machine file; a wrong path shall not fill the memory.
  static constexpr size_t kMaxBytes = 1 << 20;
  std::FILE *file = std::fopen(path.c_str(), "rb");
  std::string text(kMaxBytes, 0);
  size_t size = file ? std::fread(text.data(), 1, kMaxBytes, file) : 0;
  bool failed = !file || std::ferror(file);
  if (file)
    std::fclose(file);
  if (failed || size == kMaxBytes) {
    problems.push_back({path, 0,
                        failed ? "this machine file cannot be read"
                               : "this is too large for a machine file"});
    return std::nullopt;
  }
  text.resize(size);
  return parseMachine(text, path, problems);
}

} // namespace systole::sim
