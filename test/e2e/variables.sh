# A model with variables: over the entries of a data set, in an executable, in C
# with memory of the caller, on both devices; numbers from a calculation of our
# own.
# RUN: bash %s %t
source "$(dirname "$0")/lib.sh" "$1"

model=$SYSTOLE_SOURCE/test/e2e/Inputs/stateful.mlir
# data FOLDER COUNT: as many samples in FOLDER/x.npy, and what the model should
# say of them, computed one after the other.
data() {
  mkdir -p "$1/expected"
  PYTHONPATH=$SYSTOLE_SOURCE/test/e2e "$SYSTOLE_PYTHON" - "$1" "$2" <<'END'
import sys
from tensors import save

folder, count = sys.argv[1], int(sys.argv[2])
samples = [[k + 1, -k, 2 * k, 0.5] for k in range(count)]
total, cache = [1, 0, 0, 0], [0, 0, 0, 0]
outputs = {"sum": [], "hidden": [], "table": [], "cached": []}
for x in samples:
    total = [a + b for a, b in zip(total, x)]
    cache = [a + b for a, b in zip(cache, total)]
    outputs["sum"] += total
    outputs["hidden"] += x  # It is 1 before each sample.
    outputs["table"] += [a * b for a, b in zip([2, 4, 6, 8], x)]
    outputs["cached"] += cache
save(f"{folder}/x.npy", (count, 4), sum(samples, []))
for name, values in outputs.items():
    save(f"{folder}/expected/{name}.npy", (count, 4), values)
save(f"{folder}/expected/steps.npy", (count,), range(1, count + 1), "<i8")
END
}
data . 5

# same FOLDER: what is there is what was expected.
same() {
  for name in sum hidden steps table cached; do
    tensors same "$1/$name.npy" "expected/$name.npy" || fail "$name differs in $1"
  done
}

systole run "$model" --device=interpreter --each --input x.npy --output-dir interpreter
same interpreter
systole run "$model" --each --input x.npy --output-dir cpu
same cpu
# A pass over the data set begins with a new state.
systole run "$model" --each --input x.npy --repeat 3 --output-dir repeated >/dev/null
same repeated
systole compile "$model" --threads=1 -o stateful
./stateful --each --input x.npy --output-dir executable
same executable
./stateful --selftest
systole compile "$model" --emit=module -o stateful.so
systole run stateful.so --each --input x.npy --output-dir module
same module
for cpu in x86-64-v2 x86-64-v3; do
  systole compile "$model" --cpu=$cpu -o stateful-$cpu
  # A machine may lack the level: then it says so.
  ./stateful-$cpu --info >/dev/null
  ./stateful-$cpu --each --input x.npy --output-dir $cpu && same $cpu ||
    ! ./stateful-$cpu --selftest 2>/dev/null
done

# Looking inside works on one and the same state, too.
systole run "$model" --each --input x.npy --bisect | grep -q '^no difference in'
systole run "$model" --each --input x.npy --check-finite | grep -q 'values are finite'
systole run "$model" --each --input x.npy --profile >profile.txt
grep -q 'assign_cache\|put_row' profile.txt || fail "the profile: $(cat profile.txt)"
systole compile "$model" -o explained --explain >explain.txt
grep -q "node 'put_row'" explain.txt || fail "explained: $(cat explain.txt)"

# A ninth row does not fit: the run fails, the state stays as it was.
data more 9
refused 1 'entry 8 of --each: .*index' systole run "$model" --each --input more/x.npy
refused 1 'entry 8 of --each' systole run "$model" --each --input more/x.npy --device=interpreter

# The smallest graph that still holds an assignment keeps its variable.
systole reduce "$model" -o reduced.mlir -- bash -c 'if grep -q assign_variable.*@cache {}; then exit 3; fi'
grep -q 'graph.variable @cache' reduced.mlir || fail "reduced: $(cat reduced.mlir)"
systole run reduced.mlir --device=interpreter >/dev/null

# In C: state and arena are the caller's, two streams do not meet, a failed call
# changes nothing.
systole compile "$model" --emit=obj --threads=1 -o model
cat >main.c <<'END'
#include "model.h"
#include <stdio.h>
#include <stdlib.h>

static _Alignas(64) char arena[STATEFUL_MAIN_ARENA_BYTES + 64];
static _Alignas(64) char states[2][(STATEFUL_STATE_BYTES + 63) / 64 * 64];

static int64_t step(void *state, float x, float *sum0, float *hidden0) {
  float in[4], sum[4], hidden[4], table[4], cached[4];
  int64_t steps = -1;
  int i, status;
  for (i = 0; i < 4; ++i)
    in[i] = x;
  status = stateful_main(in, sum, hidden, &steps, table, cached, state, arena, sizeof arena, 0);
  *sum0 = sum[0];
  *hidden0 = hidden[0];
  return status ? -status : steps;
}

int main(void) {
  float sum, hidden;
  int64_t steps;
  int i;
  void *a = states[0], *b = states[1];
  if (stateful_state_size() != STATEFUL_STATE_BYTES || stateful_state_begin(a) || stateful_state_begin(b))
    return 1;
  if (step(a, 2, &sum, &hidden) != 1 || sum != 3 || hidden != 2)
    return 2;
  if (step(a, 3, &sum, &hidden) != 2 || sum != 6 || hidden != 6)
    return 3;
  if (step(b, 5, &sum, &hidden) != 1 || sum != 6 || hidden != 5)
    return 4;
  if (stateful_state_begin_sample(a) || step(a, 3, &sum, &hidden) != 3 || sum != 9 || hidden != 3)
    return 5;
  for (i = 4; i <= 8; ++i)
    if (step(a, 1, &sum, &hidden) != i)
      return 6;
  /* The cache is full. */
  if (step(a, 100, &sum, &hidden) != -SYSTOLE_CHECK_FAILED)
    return 7;
  if (stateful_steps_so_far(&steps, a, arena, sizeof arena, 0) || steps != 8)
    return 8;
  return 0;
}
END
clang-22 -std=c11 -Wall -Wextra -Wpedantic -Werror main.c model.o -o program
status=0
./program || status=$?
[[ $status == 0 ]] || fail "the C program ends with status $status"
