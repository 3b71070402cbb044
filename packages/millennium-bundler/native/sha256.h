/* SHA-256. Source: FIPS 180-4. */
#ifndef MILLENNIUM_SHA256_H
#define MILLENNIUM_SHA256_H

#include <stddef.h>
#include <stdint.h>

enum { SHA256_SIZE = 32 };

struct sha256 {
    uint32_t state[8];
    uint64_t length;
    unsigned char open[64];
};

void sha256_begin(struct sha256 *self);
void sha256_add(struct sha256 *self, const void *data, size_t size);
void sha256_end(struct sha256 *self, unsigned char digest[SHA256_SIZE]);

/* All at once. */
void sha256(const void *data, size_t size, unsigned char digest[SHA256_SIZE]);

#endif
