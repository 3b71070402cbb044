#include "sha256.h"

#include <string.h>

static const uint32_t ROUND[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

static uint32_t turn(uint32_t word, int by)
{
    return word >> by | word << (32 - by);
}

/* One round; the caller turns the names of the eight words instead of moving their values. */
static inline void round_of(const uint32_t *a, const uint32_t *b, const uint32_t *c, uint32_t *d,
                            const uint32_t *e, const uint32_t *f, const uint32_t *g, uint32_t *h,
                            uint32_t word)
{
    *h += (turn(*e, 6) ^ turn(*e, 11) ^ turn(*e, 25)) + ((*e & *f) ^ (~*e & *g)) + word;
    *d += *h;
    *h += (turn(*a, 2) ^ turn(*a, 13) ^ turn(*a, 22)) + ((*a & *b) ^ (*a & *c) ^ (*b & *c));
}

static void mix(uint32_t state[8], const unsigned char *at)
{
    uint32_t w[64], a = state[0], b = state[1], c = state[2], d = state[3], e = state[4],
                    f = state[5], g = state[6], h = state[7];
    for (int i = 0; i < 16; i++, at += 4)
        w[i] = (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
    for (int i = 16; i < 64; i++) {
        uint32_t low = turn(w[i - 15], 7) ^ turn(w[i - 15], 18) ^ w[i - 15] >> 3;
        uint32_t high = turn(w[i - 2], 17) ^ turn(w[i - 2], 19) ^ w[i - 2] >> 10;
        w[i] = w[i - 16] + low + w[i - 7] + high;
    }
    for (int i = 0; i < 64; i += 8) {
        round_of(&a, &b, &c, &d, &e, &f, &g, &h, w[i] + ROUND[i]);
        round_of(&h, &a, &b, &c, &d, &e, &f, &g, w[i + 1] + ROUND[i + 1]);
        round_of(&g, &h, &a, &b, &c, &d, &e, &f, w[i + 2] + ROUND[i + 2]);
        round_of(&f, &g, &h, &a, &b, &c, &d, &e, w[i + 3] + ROUND[i + 3]);
        round_of(&e, &f, &g, &h, &a, &b, &c, &d, w[i + 4] + ROUND[i + 4]);
        round_of(&d, &e, &f, &g, &h, &a, &b, &c, w[i + 5] + ROUND[i + 5]);
        round_of(&c, &d, &e, &f, &g, &h, &a, &b, w[i + 6] + ROUND[i + 6]);
        round_of(&b, &c, &d, &e, &f, &g, &h, &a, w[i + 7] + ROUND[i + 7]);
    }
    const uint32_t end[8] = {a, b, c, d, e, f, g, h};
    for (int i = 0; i < 8; i++)
        state[i] += end[i];
}

void sha256_begin(struct sha256 *self)
{
    static const uint32_t start[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                      0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
    memcpy(self->state, start, sizeof start);
    self->length = 0;
}

void sha256_add(struct sha256 *self, const void *data, size_t size)
{
    const unsigned char *at = data;
    size_t used = self->length % 64;
    self->length += size;
    if (used) {
        size_t room = 64 - used, count = size < room ? size : room;
        memcpy(self->open + used, at, count);
        if (count < room)
            return;
        mix(self->state, self->open);
        at += count;
        size -= count;
    }
    for (; size >= 64; at += 64, size -= 64)
        mix(self->state, at);
    memcpy(self->open, at, size);
}

void sha256_end(struct sha256 *self, unsigned char digest[SHA256_SIZE])
{
    uint64_t bits = self->length * 8;
    unsigned char tail[8];
    for (int i = 0; i < 8; i++)
        tail[i] = (unsigned char)(bits >> (56 - 8 * i));
    sha256_add(self, "\x80", 1);
    while (self->length % 64 != 56)
        sha256_add(self, "", 1);
    sha256_add(self, tail, sizeof tail);
    for (int i = 0; i < SHA256_SIZE; i++)
        digest[i] = (unsigned char)(self->state[i / 4] >> (24 - 8 * (i % 4)));
}

void sha256(const void *data, size_t size, unsigned char digest[SHA256_SIZE])
{
    struct sha256 sum;
    sha256_begin(&sum);
    sha256_add(&sum, data, size);
    sha256_end(&sum, digest);
}
