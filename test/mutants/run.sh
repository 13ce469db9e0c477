#!/usr/bin/env bash
# Plants one mistake after another in a copy of the sources, and fails unless the
# tests find each.
# Usage: run.sh [--check] [NAME...]        default: all
#   --check   only that each still applies and names its tests
# The tree must be built. The copy is mounted over it, out of sight of others: so
# compiled files are where they were, and a mutant costs one file and the library.
set -euo pipefail
here=$(realpath "$(dirname "${BASH_SOURCE[0]}")")
source=$(realpath "$here/../..")
build=${SYSTOLE_BUILD:-$source/build}
lit=${SYSTOLE_LIT:-lit-22}

check=0
if [[ ${1-} == --check ]]; then
  check=1
  shift
fi
mutants=("$@")
if ((${#mutants[@]} == 0)); then
  for file in "$here"/*.patch; do
    mutants+=("$(basename "$file" .patch)")
  done
fi

# field NAME FIELD: a line of the mutant's head.
field() { sed -n "s/^$2: //p;/^---/q" "$here/$1.patch"; }

wrong() {
  echo "run.sh: error: mutant '$1' $2" >&2
  echo "  help: mend test/mutants/$1.patch" >&2
}

failed=0
for name in "${mutants[@]}"; do
  if [[ -z $(field "$name" What) || -z $(field "$name" Tests)$(field "$name" Run) ]]; then
    wrong "$name" "lacks a line 'What:', or 'Tests:' and 'Run:'"
    failed=1
  fi
  if ! patch -d "$source" -p1 --dry-run -sf <"$here/$name.patch"; then
    wrong "$name" "no longer applies"
    failed=1
  fi
done
if ((check || failed)); then
  echo "${#mutants[@]} mutants checked"
  exit "$failed"
fi

# From here on in a name space of our own, with the copy in the tree's place.
if [[ -z ${SYSTOLE_MUTANTS_COPY-} ]]; then
  copy=$(mktemp -d)
  trap 'rm -rf "$copy"' EXIT
  # Without what tests write; tar's status 1 is that a file changed meanwhile. The
  # format keeps parts of a second: ninja compares times.
  mkdir "$copy/tree"
  { tar -C "$source" --format=posix --exclude=Output --exclude=.git -cf - . ||
    (($? == 1)); } | tar -C "$copy/tree" -xf -
  SYSTOLE_MUTANTS_COPY=$copy/tree unshare -m bash -euo pipefail -c '
    mount --bind "$SYSTOLE_MUTANTS_COPY" "$1"
    cd "$1"
    exec bash "${@:2}"' mutants "$source" "$here/run.sh" "${mutants[@]}"
  exit 0
fi

log=$SYSTOLE_MUTANTS_COPY.log
export PATH=$build/bin:$PATH SYSTOLE_BUILD=$build

# run_tests REGEX: the quick tests of that name, until one fails.
run_tests() {
  "$lit" -q --timeout=900 --max-failures=1 --filter="$1" "$build/test" \
    "$build/test/unit" >"$log" 2>&1
}

# run_command COMMAND: what is no test of lit's.
run_command() { bash -c "$1" >"$log" 2>&1; }

# survives NAME: nothing that should notice the mutant does.
survives() {
  local tests command
  tests=$(field "$1" Tests) command=$(field "$1" Run)
  { [[ -z $tests ]] || run_tests "$tests"; } && { [[ -z $command ]] || run_command "$command"; }
}

# What noticed the last mutant: a test, or the last thing that a command said.
noticed() { grep -m1 -oP '^FAIL: \K.*' "$log" || tail -1 "$log"; }

# fields FIELD: those of all mutants, each once.
fields() { for name in "${mutants[@]}"; do field "$name" "$1"; done | sort -u; }

# rebuild NAME: what the mutant is part of, by default the library.
rebuild() {
  local targets
  read -ra targets <<<"$(field "$1" Build)"
  ninja -C "$build" "${targets[@]:-Systole}" >"$log" 2>&1
}

# Without any mutant everything passes.
for name in "${mutants[@]}"; do rebuild "$name"; done
tests=$(fields Tests | paste -sd'|')
if [[ -n $tests ]] && ! run_tests "$tests"; then
  cat "$log"
  echo "run.sh: error: tests fail without any mutant" >&2
  exit 1
fi
while read -r command; do
  if ! run_command "$command"; then
    cat "$log"
    echo "run.sh: error: '$command' fails without any mutant" >&2
    exit 1
  fi
done < <(fields Run)
survivors=0
for name in "${mutants[@]}"; do
  patch -d "$source" -p1 -sf <"$here/$name.patch"
  if ! rebuild "$name"; then
    cat "$log"
    wrong "$name" "does not compile"
    survivors=$((survivors + 1))
  elif survives "$name"; then
    echo "SURVIVED $name: $(field "$name" What)"
    survivors=$((survivors + 1))
  else
    echo "found    $name: $(noticed)"
  fi
  patch -d "$source" -p1 -sRf <"$here/$name.patch"
done
rm -f "$log"
echo "${#mutants[@]} mutants, $survivors survived"
((survivors == 0))
