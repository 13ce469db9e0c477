# Object files of models with dynamic shapes tell, before the first call, how
# much memory given dimensions need: that much is enough, and less is refused.
# RUN: bash %s %t
source "$(dirname "$0")/lib.sh" "$1"

inputs=$SYSTOLE_SOURCE/test/e2e/Inputs
systole compile "$inputs/doubled.mlir" --emit=obj --threads=1 -o doubled
cat >main.c <<'END'
#include "doubled.h"
#include <stdio.h>
#include <stdlib.h>

/* Runs rows x columns with exactly the memory asked for, then with less. */
static int check(int64_t rows, int64_t columns) {
  int64_t x_dims[2] = {rows, columns}, y_dims[2], needed = 0;
  int64_t size = doubled_run_arena_size(x_dims), count = rows * columns;
  float *x = calloc(count + 1, sizeof *x), *y = calloc(2 * count + 1, sizeof *y);
  char *arena = aligned_alloc(64, size + 64);
  int ok = size >= 8 * count;
  ok &= doubled_run(x, x_dims, y, 8 * count, y_dims, arena, size, 0, &needed) == SYSTOLE_OK;
  ok &= y_dims[0] == rows && y_dims[1] == 2 * columns && (!count || y[2 * count - 1] == 1);
  if (size > 0)
    ok &= doubled_run(x, x_dims, y, 8 * count, y_dims, arena, size - 1, 0, &needed) ==
          SYSTOLE_ARENA_TOO_SMALL;
  printf("%d x %d: %s\n", (int)rows, (int)columns, ok ? "right" : "wrong");
  free(x), free(y), free(arena);
  return ok;
}

int main(void) {
  int64_t refused[2] = {-1, 4};
  int ok = check(3, 5) & check(1, 1) & check(0, 7) & check(100, 1000);
  if (doubled_run_arena_size(refused) != -1)
    ok = 0, puts("negative dimensions are not refused");
  return !ok;
}
END
clang-22 -std=c11 -Wall -Wextra -Wpedantic -Werror main.c doubled.o -o program
./program

# The same through a longer chain of shape arithmetic.
systole compile "$inputs/folded.mlir" --emit=obj --threads=1 -o folded
cat >main.c <<'END'
#include "folded.h"
#include <stdio.h>
#include <stdlib.h>

int main(void) {
  int64_t x_dims[2] = {3, 10}, y_dims[3], odd[2] = {1, 5}, needed = 0;
  int64_t size = folded_run_arena_size(x_dims);
  float x[30] = {0}, y[30];
  char *arena = aligned_alloc(64, size + 64);
  int status = folded_run(x, x_dims, y, sizeof y, y_dims, arena, size, 0, &needed);
  printf("%d: %d x %d x %d\n", status, (int)y_dims[0], (int)y_dims[1], (int)y_dims[2]);
  /* 5 columns cannot be split in two: known before any data. */
  printf("%d\n", (int)folded_run_arena_size(odd));
  free(arena);
  return 0;
}
END
clang-22 -std=c11 -Wall -Wextra -Wpedantic -Werror main.c folded.o -o program
[[ $(./program) == $'0: 3 x 5 x 2\n-1' ]] || fail "printed $(./program)"

# Where the values of an input decide, the header says so and has no function.
systole compile "$inputs/shape-from-data.mlir" --emit=obj --threads=1 -o from_data
grep -q "depends on the inputs' values" from_data.h || fail "the header does not say why"
if grep -q arena_size from_data.h; then
  fail "a size that depends on data is promised"
fi
