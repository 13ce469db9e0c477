# The object file in a C program of one's own: strict C, no library beyond
# memset and the like, memory from the caller.
# RUN: bash %s %t
source "$(dirname "$0")/lib.sh" "$1"

systole compile "$models/mnist.onnx" --emit=obj --threads=1 -o mnist
cat >main.c <<'END'
#include "mnist.h"
#include <stdio.h>

static _Alignas(64) char arena[MNIST_RUN_ARENA_BYTES];
static float digit[1][1][28][28], logits[1][10];

int main(int argc, char **argv) {
  /* The last 10 digits' worth of bytes of the .npy file are the tensor. */
  FILE *file = argc > 1 ? fopen(argv[1], "rb") : 0;
  if (!file || fseek(file, -(long)sizeof digit * 10, SEEK_END))
    return 1;
  while (fread(digit, sizeof digit, 1, file) == 1) {
    int best = 0, i;
    if (mnist_run(&digit[0][0][0][0], &logits[0][0], arena, sizeof arena, 0))
      return 2;
    for (i = 1; i < 10; ++i)
      if (logits[0][i] > logits[0][best])
        best = i;
    printf("%d\n", best);
  }
  return 0;
}
END
clang-22 -std=c11 -Wall -Wextra -Wpedantic -Werror main.c mnist.o -o program
[[ $(./program "$models/digits.npy" | tr '\n' ' ') == '0 1 2 3 4 5 6 7 8 9 ' ]] ||
  fail "read: $(./program "$models/digits.npy" | tr '\n' ' ')"

# No symbol of ours but the model's; nothing wanted but what C itself needs.
undefined=$(llvm-nm --undefined-only --format=just-symbols mnist.o | sort | tr '\n' ' ')
[[ $undefined =~ ^((memcpy|memmove|memset)\ )*$ ]] || fail "wants $undefined"

# Too small an arena is a status, not a crash.
sed 's/sizeof arena, 0/64, 0/' main.c >small.c
clang-22 -std=c11 small.c mnist.o -o small
status=0
./small "$models/digits.npy" || status=$?
[[ $status == 2 ]] || fail "a small arena gives status $status"
