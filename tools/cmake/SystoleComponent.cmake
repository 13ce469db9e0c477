# systole_component(NAME sources... DEPENDS targets...): an object library that
# becomes part of libSystole.so. All components share one precompiled header,
# because parsing MLIR's headers is nearly all of a file's compile time.
function(systole_component name)
  cmake_parse_arguments(ARG "" "" "DEPENDS" ${ARGN})
  add_library(${name} OBJECT ${ARG_UNPARSED_ARGUMENTS})
  systole_cxx_target(${name})
  if(ARG_DEPENDS)
    add_dependencies(${name} ${ARG_DEPENDS})
  endif()
  set_property(GLOBAL APPEND PROPERTY SYSTOLE_COMPONENTS ${name})
endfunction()

# systole_model_library(NAME sources...): a library of hw-sim, which needs neither
# LLVM nor MLIR and compiles quickly. It becomes part of libSystole.so, too.
function(systole_model_library name)
  add_library(${name} STATIC ${ARGN})
  target_include_directories(${name} PUBLIC ${CMAKE_SOURCE_DIR} ${CMAKE_BINARY_DIR})
  target_compile_options(${name} PRIVATE -Wall -Wextra -fno-exceptions)
  set_property(GLOBAL APPEND PROPERTY SYSTOLE_MODEL_LIBRARIES ${name})
endfunction()

# Include paths, definitions and flags of code that uses MLIR.
function(systole_cxx_target name)
  target_include_directories(${name} SYSTEM PRIVATE ${LLVM_INCLUDE_DIRS}
                             ${MLIR_INCLUDE_DIRS} ${LLD_INCLUDE_DIRS})
  target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR}
                             ${CMAKE_BINARY_DIR} ${CMAKE_SOURCE_DIR}/runtime/include)
  target_compile_definitions(${name} PRIVATE ${SYSTOLE_LLVM_DEFINITIONS}
                             SYSTOLE_VERSION="${PROJECT_VERSION}")
  target_compile_options(${name} PRIVATE $<$<COMPILE_LANGUAGE:CXX>:${SYSTOLE_CXX_FLAGS}>)
  if(NOT name STREQUAL "SystolePrecompiled")
    systole_use_precompiled(${name})
  endif()
endfunction()

function(systole_use_precompiled name)
  if(NOT TARGET SystolePrecompiled)
    file(WRITE ${CMAKE_BINARY_DIR}/SystolePrecompiled.cpp "")
    add_library(SystolePrecompiled OBJECT ${CMAKE_BINARY_DIR}/SystolePrecompiled.cpp)
    systole_cxx_target(SystolePrecompiled)
    target_precompile_headers(SystolePrecompiled PRIVATE
      ${CMAKE_SOURCE_DIR}/tools/cmake/Precompiled.h)
    target_compile_options(SystolePrecompiled PRIVATE
      -fpch-instantiate-templates "SHELL:-Xclang -fno-pch-timestamp")
  endif()
  target_precompile_headers(${name} REUSE_FROM SystolePrecompiled)
  # Executables too: the header was compiled as position-independent code.
  target_compile_options(${name} PRIVATE -fPIC -fpch-instantiate-templates
    "SHELL:-Xclang -fno-pch-timestamp")
endfunction()

# systole_tablegen(TARGET source.td GENERATOR output ...): pairs of mlir-tblgen
# option strings and output files, collected under one target. They also depend on
# what SYSTOLE_TABLEGEN_DEPENDS names: files and targets.
function(systole_tablegen target source)
  set(LLVM_TARGET_DEFINITIONS ${source})
  set(LLVM_TARGET_DEPENDS "")
  set(args ${ARGN})
  while(args)
    list(POP_FRONT args generator output)
    separate_arguments(flags NATIVE_COMMAND "${generator}")
    mlir_tablegen_out(${output} ${flags})
  endwhile()
  add_custom_target(${target} DEPENDS ${SYSTOLE_TABLEGEN_OUTPUTS})
endfunction()

# systole_pass_declarations(TARGET NAME): Passes.h.inc of this folder's Passes.td.
# The distribution's MLIR is built without statistics: its Pass::Statistic counts
# nothing. Ours takes its place (passes/Transforms/Common/PassStatistic.h).
function(systole_pass_declarations target name)
  systole_tablegen(${target}Decls Passes.td "-gen-pass-decls -name=${name}" Passes.decls.inc)
  set(decls ${CMAKE_CURRENT_BINARY_DIR}/Passes.h.inc)
  add_custom_command(OUTPUT ${decls}
    COMMAND sed "s/::mlir::Pass::Statistic/::systole::PassStatistic/"
            Passes.decls.inc > ${decls}
    DEPENDS ${target}Decls ${CMAKE_CURRENT_BINARY_DIR}/Passes.decls.inc
    WORKING_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR} VERBATIM COMMENT "Generating Passes.h.inc")
  add_custom_target(${target} DEPENDS ${decls})
endfunction()

macro(mlir_tablegen_out output)
  set(path ${CMAKE_CURRENT_BINARY_DIR}/${output})
  file(GLOB_RECURSE tdDeps CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.td
       ${CMAKE_SOURCE_DIR}/dialects/*.td)
  add_custom_command(OUTPUT ${path}
    COMMAND ${MLIR_TABLEGEN_EXE} ${ARGN} -I ${CMAKE_SOURCE_DIR}
            -I ${MLIR_INCLUDE_DIRS} ${CMAKE_CURRENT_SOURCE_DIR}/${LLVM_TARGET_DEFINITIONS}
            -o ${path} --write-if-changed
    DEPENDS ${tdDeps} ${SYSTOLE_TABLEGEN_DEPENDS}
    VERBATIM COMMENT "Generating ${output}")
  list(APPEND SYSTOLE_TABLEGEN_OUTPUTS ${path})
endmacro()
