// The checksum of saved states, for its test and for the driver's checkpoint files.
#ifndef WEFT_SAVE_H
#define WEFT_SAVE_H

#include <stddef.h>
#include <stdint.h>

// CRC-64/XZ: finds every damage that lies within 64 bits, and any other but one in 2^64.
uint64_t weft_checksum(const void *bytes, size_t size);

#endif
