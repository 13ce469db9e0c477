#!/usr/bin/env bash
# Formats the C++ files that differ from the base commit, in place.
# Usage: format.sh [--check] [--tidy] [--all] [BASE]     BASE: default HEAD
#   --check  change nothing; status 1 if a file is not formatted
#   --tidy   also run clang-tidy on the changed files (needs a configured build/)
#   --all    every C++ file instead of the changed ones
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

check=
tidy=
all=
base=HEAD
for argument in "$@"; do
  case $argument in
    --check) check=1 ;;
    --tidy) tidy=1 ;;
    --all) all=1 ;;
    -h | --help)
      sed -n '2,/^set/{/^set/!s/^# \{0,1\}//p}' "${BASH_SOURCE[0]}"
      exit 0
      ;;
    -*)
      echo "format.sh: error: unknown option '$argument'; see --help" >&2
      exit 2
      ;;
    *) base=$argument ;;
  esac
done

if [[ -n $all ]]; then
  mapfile -t files < <(git ls-files --cached --others --exclude-standard)
else
  mapfile -t files < <(
    git diff --name-only --diff-filter=d "$base"
    git ls-files --others --exclude-standard
  )
fi
sources=()
for file in "${files[@]}"; do
  [[ $file =~ \.(c|h|cpp)$ && -f $file ]] && sources+=("$file")
done
if ((${#sources[@]} == 0)); then
  exit 0
fi

if [[ -n $check ]]; then
  clang-format-22 --dry-run --Werror "${sources[@]}"
else
  clang-format-22 -i "${sources[@]}"
fi
if [[ -n $tidy ]]; then
  units=()
  for file in "${sources[@]}"; do
    [[ $file == *.cpp ]] && units+=("$file")
  done
  ((${#units[@]} == 0)) || clang-tidy-22 -p build --quiet "${units[@]}"
fi
