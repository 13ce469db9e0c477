# Ten minutes each of what test/fuzz/program.sh does for ten seconds.
# REQUIRES: nightly-fuzz
# RUN: env SYSTOLE_FUZZ_SECONDS=600 bash %S/../fuzz/program.sh %t
