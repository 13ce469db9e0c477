#!/usr/bin/env bash
# Fails if a numbered constraint of an operation has no test named after it:
# C3 of graph.conv wants a function @conv_c3 (or @conv_c3_why) in a test of
# test/dialects. Operations are read as MLIR's generator documents them.
# Usage: check-spec-ids.sh [FOLDER OF TESTS]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

tests=${1:-test/dialects}
tblgen=$(command -v mlir-tblgen-22 || echo /usr/lib/llvm-22/bin/mlir-tblgen)
status=0
for source in dialects/*/IR/*Ops.td; do
  # The file that includes all others of its dialect.
  name=$(basename "$(dirname "$(dirname "$source")")")
  [[ $(basename "$source") == "${name}Ops.td" ]] || continue
  folder=$tests/$name
  # Instructions of the isa dialect are generated into the build folder.
  ids=$("$tblgen" -gen-op-doc -I . -I "${SYSTOLE_BUILD:-build}" -I /usr/lib/llvm-22/include "$source" |
    awk '/^#+ `/ { op = $2; gsub(/`|^.*\./, "", op) }
         match($0, /^ *- C[0-9]+:/) {
           id = $2; sub(/^C/, "", id); sub(/:.*/, "", id); print op "_c" id }')
  [[ -n $ids ]] || {
    echo "check-spec-ids.sh: error: $source documents no constraint" >&2
    exit 1
  }
  named=$(grep -rhoE '@[a-z0-9_]+_c[0-9]+' "$folder" 2>/dev/null | sort -u || true)
  for id in $ids; do
    if ! grep -qx "@$id" <<<"$named"; then
      echo "$source: error: no test in $folder is named @$id" >&2
      status=1
    fi
  done
done
exit $status
