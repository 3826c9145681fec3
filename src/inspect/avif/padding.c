/*
 * Whether bits that only fill up bytes are zero, as AV1 wants them (5.3.5) and libaom asks. dav1d skips them, in a function
 * that is compiled into its callers. So the linker puts these in the place of what reads bits (--wrap), which
 * see by the next call what was skipped.
 */
#include "padding.h"

#include <assert.h>

#include "src/getbits.h"

static GetBits before;
static int filled;

/* What was left of a byte when the reader was at `before` was skipped, or another reader begins. */
static void enter(const GetBits *reader) {
  int skipped = reader->ptr == before.ptr && reader->bits_left == 0 && before.bits_left > 0;
  if ((skipped || reader->ptr_start != before.ptr_start) && before.state) filled = 0;
}

void padding_begin(void) {
  before = (GetBits){0};
  filled = 1;
}

int padding_is_zero(void) {
  return filled && !before.state;
}

#define WRAP(type, name, parameters, ...)                 \
  type __real_##name parameters;                          \
  type __wrap_##name parameters {                         \
    enter(reader);                                        \
    type value = __real_##name(__VA_ARGS__);              \
    before = *reader;                                     \
    return value;                                         \
  }

WRAP(unsigned, dav1d_get_bit, (GetBits * reader), reader)
WRAP(unsigned, dav1d_get_bits, (GetBits * reader, int n), reader, n)
WRAP(int, dav1d_get_sbits, (GetBits * reader, int n), reader, n)
WRAP(unsigned, dav1d_get_uleb128, (GetBits * reader), reader)
WRAP(unsigned, dav1d_get_uniform, (GetBits * reader, unsigned most), reader, most)
WRAP(unsigned, dav1d_get_vlc, (GetBits * reader), reader)
WRAP(int, dav1d_get_bits_subexp, (GetBits * reader, int from, unsigned n), reader, from, n)
