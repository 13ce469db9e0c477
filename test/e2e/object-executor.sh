# Threads reach an object file only through the executor that the caller passes;
# the header is C99 and C++17.
# RUN: bash %s %t
source "$(dirname "$0")/lib.sh" "$1"
cc=$(command -v clang-22 || command -v cc) || fail "no C compiler"

systole compile "$models/mnist.onnx" --emit=obj -o mnist.o
cat > main.c <<'EOF'
#include "mnist.h"
#include <stdio.h>
#include <string.h>

static void serial(void *context, systole_task_fn task, void *closure, int64_t count,
                   int64_t cost) {
  (void)cost;
  ++*(int *)context;
  for (int64_t i = 0; i < count; ++i)
    task(closure, i, i + 1);
}

int main(int argc, char **argv) {
  static float image[784], logits[10], again[10];
  static char arena[MNIST_RUN_ARENA_BYTES] __attribute__((aligned(64)));
  int calls = 0;
  systole_executor executor;
  FILE *file = fopen(argv[argc - 1], "rb");
  executor.context = &calls;
  executor.parallel_for = serial;
  /* The header of the .npy file is 128 bytes; the first image follows. */
  if (!file || fseek(file, 128, SEEK_SET) || fread(image, 4, 784, file) != 784)
    return 9;
  if (mnist_run(image, logits, arena, sizeof arena, 0) != SYSTOLE_OK)
    return 7;
  if (mnist_run(image, again, arena, sizeof arena, &executor) != SYSTOLE_OK)
    return 6;
  if (memcmp(logits, again, sizeof logits) || calls == 0)
    return 5;
  int best = 0;
  for (int i = 1; i < 10; ++i)
    if (logits[i] > logits[best])
      best = i;
  printf("%d\n", best);
  return 0;
}
EOF
"$cc" -std=c99 -Wall -Wextra -Werror main.c mnist.o -o main
echo '#include "mnist.h"' > cpp.cpp
"$cc" -std=c++17 -Wall -Wextra -Werror -fsyntax-only cpp.cpp
[[ $(./main "$models/digits.npy") == 0 ]] || fail "the first digit is a 0"
