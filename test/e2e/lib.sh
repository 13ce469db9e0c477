# What every end-to-end test starts with: source lib.sh WORK_FOLDER.
# It leaves the shell in an empty WORK_FOLDER; SYSTOLE_* come from lit.cfg.py.
set -euo pipefail

models=$SYSTOLE_MODELS
corpus=$SYSTOLE_SHARED/corpus
work=$1
rm -rf "$work"
mkdir -p "$work"
cd "$work"

fail() {
  echo "FAILED: $*" >&2
  exit 1
}

# The tensor helpers: tensors COMMAND ARGUMENT..., see tensors.py.
tensors() {
  "$SYSTOLE_PYTHON" "$SYSTOLE_SOURCE/test/e2e/tensors.py" "$@"
}

# at_most VALUE LIMIT WHAT: fails if the number VALUE is above LIMIT.
at_most() {
  echo "$3: $1 (at most $2)"
  awk -v a="$1" -v b="$2" 'BEGIN { exit !(a + 0 <= b + 0) }' ||
    fail "$3 is $1, above $2"
}

# refused STATUS PATTERN COMMAND...: the command ends with that status, and its
# standard error matches the extended regular expression.
refused() {
  local expected=$1 pattern=$2 status=0
  shift 2
  timeout 120 "$@" >stdout.txt 2>stderr.txt || status=$?
  [[ $status == "$expected" ]] ||
    fail "status $status instead of $expected: $* ($(head -c 600 stderr.txt))"
  grep -Eiq -- "$pattern" stderr.txt ||
    fail "'$pattern' is not in the message of: $* ($(head -c 600 stderr.txt))"
  if grep -Eq 'Stack dump|PLEASE submit a bug report' stderr.txt; then
    fail "a stack trace: $*"
  fi
}
