# systole_gtest(NAME sources... [USE_SYSTOLE] [LINK libraries...]): one unit-test
# binary, found by lit because its name ends in Tests. Googletest is built from
# Debian's sources with our flags, so RTTI, exceptions and sanitisers agree.
#   USE_SYSTOLE  links libSystole and MLIR; without it the test sees only the
#                runtime's headers, as the runtime itself does.
function(systole_gtest name)
  cmake_parse_arguments(ARG "USE_SYSTOLE" "" "LINK" ${ARGN})
  if(NOT name MATCHES "Tests$")
    message(FATAL_ERROR "systole_gtest: '${name}' must end in 'Tests' to be run")
  endif()
  add_executable(${name} ${ARG_UNPARSED_ARGUMENTS})
  set_target_properties(${name} PROPERTIES
    RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/test/unit/bin)
  target_link_libraries(${name} PRIVATE ${ARG_LINK} SystoleGTest)
  if(ARG_USE_SYSTOLE)
    systole_cxx_target(${name})
    target_link_libraries(${name} PRIVATE Systole)
  else()
    target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR}
      ${CMAKE_BINARY_DIR} ${CMAKE_SOURCE_DIR}/runtime/include)
    target_compile_options(${name} PRIVATE -Wall -Wextra -Wno-unused-parameter)
  endif()
  set_property(GLOBAL APPEND PROPERTY SYSTOLE_UNIT_TESTS ${name})
endfunction()

# Googletest and its main function as one library.
function(systole_add_gtest)
  find_path(SYSTOLE_GTEST_ROOT src/gtest-all.cc
            HINTS /usr/src/googletest/googletest
            DOC "Googletest's sources (Debian: googletest)")
  if(NOT SYSTOLE_GTEST_ROOT)
    message(FATAL_ERROR "googletest's sources are missing: run ./tools/scripts/setup.sh")
  endif()
  add_library(SystoleGTest STATIC ${SYSTOLE_GTEST_ROOT}/src/gtest-all.cc
                                  ${SYSTOLE_GTEST_ROOT}/src/gtest_main.cc)
  target_include_directories(SystoleGTest SYSTEM PUBLIC
    ${SYSTOLE_GTEST_ROOT}/include PRIVATE ${SYSTOLE_GTEST_ROOT})
  # The tests that link MLIR are built without exceptions: so is gtest.
  target_compile_options(SystoleGTest PRIVATE -w -fno-exceptions)
  target_compile_definitions(SystoleGTest PUBLIC GTEST_HAS_EXCEPTIONS=0)
  find_package(Threads REQUIRED)
  target_link_libraries(SystoleGTest PUBLIC Threads::Threads)
endfunction()
