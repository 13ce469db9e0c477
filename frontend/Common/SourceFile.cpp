//===- SourceFile.cpp - A model's bytes -----------------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Opens model files and guesses what an unknown file is from its first bytes.
//
//===----------------------------------------------------------------------===//

#include "frontend/Common/SourceFile.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"

namespace systole::frontend {

bool openSource(llvm::StringRef path, SourceFile &source, std::string &error) {
  source.path = path.str();
  if (path.contains('\0')) {
    error = "the path contains a zero byte";
    return false;
  }
  if (path != "-" && llvm::sys::fs::is_directory(path)) {
    source.isFolder = true;
    return true;
  }
  auto buffer =
      path == "-"
          ? llvm::MemoryBuffer::getSTDIN()
          : llvm::MemoryBuffer::getFile(path, /*IsText=*/false,
                                        /*RequiresNullTerminator=*/false);
  if (!buffer) {
    error = "cannot read the file: " + buffer.getError().message();
    return false;
  }
  std::shared_ptr<llvm::MemoryBuffer> owner = std::move(*buffer);
  source.bytes = owner->getBuffer();
  source.owner = owner;
  return true;
}

/// First bytes of well-known kinds of file.
static constexpr struct {
  llvm::StringLiteral magic;
  size_t offset;
  llvm::StringLiteral description;
} kMagics[] = {
    {"PK\x03\x04", 0, "a zip archive (of a model, perhaps: unpack it first)"},
    {"\x1f\x8b", 0, "a gzip archive: unpack it first"},
    {"\xfd"
     "7zXZ",
     0, "an xz archive: unpack it first"},
    {"BZh", 0, "a bzip2 archive: unpack it first"},
    {"ustar", 257, "a tar archive: unpack it first"},
    {"\x89HDF\r\n\x1a\n", 0, "an HDF5 file"},
    {"TFL3", 4, "a TFLite model"},
    {"\x7f"
     "ELF",
     0, "an executable or library"},
    {"\x93NUMPY", 0, "a numpy array, not a model"},
    {"\x89PNG", 0, "a PNG image, not a model"},
    {"\xff\xd8\xff", 0, "a JPEG image, not a model"},
    {"RIFF", 0, "a RIFF file (sound or video), not a model"},
    {"ML\xefR", 0, "MLIR bytecode; the text form is read"},
    {"%PDF", 0, "a PDF document"},
    {"version https://git-lfs", 0,
     "a Git LFS pointer: run `git lfs pull` to fetch the model"},
    {"<!DOCTYPE", 0, "a web page: the download failed"},
    {"<html", 0, "a web page: the download failed"},
    {"\x80\x04", 0, "a Python pickle (PyTorch?): export it to ONNX"},
    {"\x80\x02", 0, "a Python pickle (PyTorch?): export it to ONNX"},
};

std::string describeContent(llvm::StringRef bytes) {
  if (bytes.empty())
    return "an empty file";
  for (const auto &kind : kMagics)
    if (bytes.size() > kind.offset &&
        bytes.substr(kind.offset).starts_with(kind.magic))
      return kind.description.str();
  if (bytes.take_front(4096).find_first_not_of('\0') == llvm::StringRef::npos)
    return "a file of zero bytes: a damaged download, perhaps";
  return "";
}

} // namespace systole::frontend
