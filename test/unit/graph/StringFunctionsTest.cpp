//===- StringFunctionsTest.cpp - Letters, fields, patterns ----------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/Graph/IR/StringFunctions.h"
#include "gtest/gtest.h"

using namespace systole::graph;

namespace {
using Texts = std::vector<llvm::StringRef>;

bool matches(llvm::StringRef pattern, llvm::StringRef text) {
  std::string error;
  auto automaton = compilePattern(pattern, error);
  EXPECT_TRUE(automaton) << pattern.str() << ": " << error;
  return automaton && automaton->matches(text);
}

std::string refusal(llvm::StringRef pattern) {
  std::string error;
  EXPECT_FALSE(compilePattern(pattern, error)) << pattern.str();
  return error;
}

TEST(StringFunctionsTest, lettersOfSeveralScripts) {
  EXPECT_EQ(changeCase("Monday 7!", true), "MONDAY 7!");
  EXPECT_EQ(changeCase("Monday 7!", false), "monday 7!");
  EXPECT_EQ(changeCase("äöé ŽŠ Ωά Жя", true), "ÄÖÉ ŽŠ ΩΆ ЖЯ");
  EXPECT_EQ(changeCase("ÄÖÉ žš ΩΆ ЖЯ", false), "äöé žš ωά жя");
  // No single letter of two bytes: left alone; so is what is no UTF-8.
  EXPECT_EQ(changeCase("ßÿ€×÷", true), "ßÿ€×÷");
  EXPECT_EQ(changeCase("\xc3", false), "\xc3");
  EXPECT_EQ(changeCase("\xff\x80Z", false), "\xff\x80z");
}

TEST(StringFunctionsTest, fieldsBetweenDelimiters) {
  EXPECT_EQ(splitFields("a,b,,c", ",", -1), (Texts{"a", "b", "", "c"}));
  EXPECT_EQ(splitFields("", ",", -1), (Texts{""}));
  EXPECT_EQ(splitFields(",", ",", -1), (Texts{"", ""}));
  EXPECT_EQ(splitFields("a,b,c", ",", 1), (Texts{"a", "b,c"}));
  EXPECT_EQ(splitFields("a,b", ",", 0), (Texts{"a,b"}));
  EXPECT_EQ(splitFields("a---b", "--", -1), (Texts{"a", "-b"}));
}

TEST(StringFunctionsTest, fieldsBetweenSpaces) {
  EXPECT_EQ(splitFields("  a \t b\n", "", -1), (Texts{"a", "b"}));
  EXPECT_EQ(splitFields(" ", "", -1), Texts());
  EXPECT_EQ(splitFields(" a b  c ", "", 1), (Texts{"a", "b  c "}));
  EXPECT_EQ(splitFields("  a b", "", 0), (Texts{"a b"}));
}

TEST(StringFunctionsTest, patternsMatchAllOfAText) {
  EXPECT_TRUE(matches("", ""));
  EXPECT_FALSE(matches("", "a"));
  EXPECT_TRUE(matches("a|bc", "bc"));
  EXPECT_FALSE(matches("a|bc", "ab"));
  EXPECT_TRUE(matches("(ab)*c+", "ababcc"));
  EXPECT_FALSE(matches("(ab)*c+", "aba"));
  EXPECT_TRUE(matches("a{2,3}?", "aaa"));
  EXPECT_FALSE(matches("a{2,3}", "aaaa"));
  EXPECT_TRUE(matches("a{2,}", "aaaaa"));
  EXPECT_TRUE(matches("a{x", "a{x"));
  EXPECT_TRUE(matches("^a$", "a"));
  EXPECT_TRUE(matches("(^|x)a(x|$)", "xa"));
  EXPECT_FALSE(matches("a^b", "ab"));
  EXPECT_TRUE(matches("(\\W|^)[\\w.\\-]{0,25}@(yahoo|gmail)\\.com(\\W|$)",
                      "john.b@gmail.com"));
  EXPECT_FALSE(matches("(\\W|^)[\\w.\\-]{0,25}@(yahoo|gmail)\\.com(\\W|$)",
                       "john@yahooXcom"));
}

TEST(StringFunctionsTest, boundariesOfWords) {
  EXPECT_TRUE(matches("www\\.[\\w.-]+\\.\\bcom\\b", "www.google.com"));
  EXPECT_TRUE(matches("\\ba\\b.\\bb", "a b"));
  EXPECT_FALSE(matches("a\\bb", "ab"));
  EXPECT_TRUE(matches("a\\Bb", "ab"));
  EXPECT_FALSE(matches("a\\B-", "a-"));
  EXPECT_TRUE(matches("\\B", ""));
  EXPECT_TRUE(matches("(\\b.)*", "a"));
}

TEST(StringFunctionsTest, classesOfCharacters) {
  EXPECT_TRUE(matches("[^a-c]", "d"));
  EXPECT_FALSE(matches("[^a-c]", "b"));
  EXPECT_TRUE(matches("[]a]+", "]a"));
  EXPECT_TRUE(matches("[[:upper:]_-]+", "AB_-"));
  EXPECT_TRUE(matches("\\d\\D\\s\\S", "1x y"));
  EXPECT_TRUE(matches("\\x41\\x{42}\\.", "AB."));
  // A character is a code point, whatever its bytes.
  EXPECT_TRUE(matches(".{3}", "aä€"));
  EXPECT_TRUE(matches("[ä-€]", "€"));
  EXPECT_FALSE(matches("[ä-€]", "a"));
  EXPECT_TRUE(matches("[^x]", "\xf0\x9f\x98\x80"));
  EXPECT_FALSE(matches(".", "\n"));
  EXPECT_FALSE(matches(".", "\xff"));
}

TEST(StringFunctionsTest, refusesWhatItCannotMatch) {
  EXPECT_EQ(refusal("a)"), "a ')' has no '('");
  EXPECT_EQ(refusal("(a"), "a '(' has no ')'");
  EXPECT_EQ(refusal("[a"), "a '[' has no ']'");
  EXPECT_EQ(refusal("[b-a]"), "a range between brackets is out of order");
  EXPECT_EQ(refusal("*a"), "a '*' has nothing to repeat");
  EXPECT_EQ(refusal("a{3,2}"), "a repetition is out of order or above 1000");
  EXPECT_EQ(refusal("a\\"), "it ends in a '\\'");
  EXPECT_EQ(refusal("\\p"), "the escape '\\p' is not supported");
  EXPECT_EQ(refusal("(?i)a"), "groups '(?' other than '(?:' are not supported");
  EXPECT_EQ(refusal("\xff"), "it is not UTF-8");
  EXPECT_EQ(refusal("((a{1000}){1000}){1000}"),
            "its automaton has more than 4096 states");
  EXPECT_EQ(refusal(std::string(1000, '(')),
            "groups are nested more than 200 deep");
}
} // namespace
