# The installed tree. It may be moved: nothing in it holds an absolute path
# but that of Debian's LLVM.
#   bin/                     systole, systole-opt, systole-lsp-server
#   lib/libSystole.so        dialects, passes, importers, backends
#   lib/libSystoleMxu.a      the matrix unit's models alone, which need no LLVM
#   lib/cmake/Systole/       find_package(Systole)
#   include/systole/         the C API: the headers with a promise of stability
#   include/systole-cxx/     the C++ headers that plugins need, repo-relative
#   share/systole/machines/  machine files of the presets
#   share/systole/rtl/       SystemVerilog
#   share/man, share/bash-completion  what --help shows, for man and bash
include(CMakePackageConfigHelpers)

foreach(target systole systole-lsp-server systole-opt Systole)
  if(TARGET ${target})
    install(TARGETS ${target} RUNTIME DESTINATION bin LIBRARY DESTINATION lib
            ARCHIVE DESTINATION lib)
  endif()
endforeach()

foreach(folder dialects passes frontend backends hw-sim)
  install(DIRECTORY ${CMAKE_SOURCE_DIR}/${folder}
          DESTINATION include/systole-cxx
          FILES_MATCHING PATTERN "*.h" PATTERN "*.td" PATTERN "Platform.cpp")
  install(DIRECTORY ${CMAKE_BINARY_DIR}/${folder}
          DESTINATION include/systole-cxx
          FILES_MATCHING PATTERN "*.h.inc" PATTERN "*.h"
          PATTERN "CMakeFiles" EXCLUDE)
endforeach()

install(FILES ${CMAKE_SOURCE_DIR}/LICENSE DESTINATION share/systole)
configure_package_config_file(${CMAKE_SOURCE_DIR}/tools/cmake/SystoleConfig.cmake.in
  ${CMAKE_BINARY_DIR}/SystoleConfig.cmake INSTALL_DESTINATION lib/cmake/Systole)
write_basic_package_version_file(${CMAKE_BINARY_DIR}/SystoleConfigVersion.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_BINARY_DIR}/SystoleConfig.cmake
              ${CMAKE_BINARY_DIR}/SystoleConfigVersion.cmake
        DESTINATION lib/cmake/Systole)
