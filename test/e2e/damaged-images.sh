# Damaged and cut images end with a message, whatever verb reads them. Every bit
# and every length are tried in the unit tests and by the fuzzer; here the way
# through the command line.
# RUN: bash %s %t
source "$(dirname "$0")/lib.sh" "$1"

systole compile "$SYSTOLE_SOURCE/test/hw-sim/Inputs/engines.mlir" --emit=image -o good.img
size=$(stat -c %s good.img)

# Each field of the header once: version, instruction set, checksum, size,
# fingerprint, cores, capabilities, the table of sections; then bytes behind.
for offset in 8 12 16 24 32 40 44 48 56 64 143 144 300 $((size - 1)); do
  cp good.img bad.img
  byte=$(od -An -t u1 -j "$offset" -N 1 good.img)
  printf "\\x$(printf %x $((byte ^ 255)))" | dd of=bad.img bs=1 seek="$offset" conv=notrunc status=none
  refused 1 'bad.img: error: the image ' systole inspect bad.img
done
refused 1 'bad.img: error: the image is damaged' systole compile bad.img --emit=asm -o out.s
refused 1 'bad.img: error: the image is damaged' systole compile bad.img --emit=image -o out.img
for length in 8 9 47 143 144 $((size / 2)) $((size - 1)); do
  head -c "$length" good.img >cut.img
  refused 1 'cut.img: error: the image .*cut off' systole inspect cut.img
done
cat good.img good.img >twice.img
refused 1 'twice.img: error: the image has' systole compile twice.img --emit=mlir -o -
# Without its first bytes it is no image, and nothing else.
tail -c +2 good.img >headless.img
refused 1 'headless.img: error' systole inspect headless.img
refused 1 'error' systole inspect missing.img
[[ ! -e out.s && ! -e out.img ]] || fail "an output of a damaged image"
