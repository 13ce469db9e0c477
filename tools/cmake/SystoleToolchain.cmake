# Finds LLVM, MLIR and lld 22 (Debian's packages) and sets the flags of every
# C++ target that links them.
find_package(MLIR 22.1 REQUIRED CONFIG HINTS /usr/lib/llvm-22/lib/cmake/mlir)
find_package(LLD 22.1 REQUIRED CONFIG HINTS /usr/lib/llvm-22/lib/cmake/lld)
find_package(Protobuf REQUIRED)
list(APPEND CMAKE_MODULE_PATH ${MLIR_CMAKE_DIR} ${LLVM_CMAKE_DIR})
include(TableGen)

# Both dialect libraries and plugins must see one copy of MLIR: the shared one.
set(MLIR_LINK_MLIR_DYLIB ON)
set(LLVM_LINK_LLVM_DYLIB ON)

separate_arguments(SYSTOLE_LLVM_DEFINITIONS NATIVE_COMMAND "${LLVM_DEFINITIONS}")
set(SYSTOLE_CXX_FLAGS -Wall -Wextra -Wno-unused-parameter -fno-exceptions
    -fvisibility-inlines-hidden)

if(SYSTOLE_SANITIZE)
  add_compile_options(-fsanitize=${SYSTOLE_SANITIZE} -fno-omit-frame-pointer
                      -fno-sanitize=vptr -fno-sanitize-recover=undefined)
  add_link_options(-fsanitize=${SYSTOLE_SANITIZE})
endif()
