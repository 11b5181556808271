// The entry that libFuzzer calls; -DTARGET=harness_parse says which harness.
#include "fuzz/harness.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) {
    TARGET(bytes, length);
    return 0;
}
