/* SHA-256 of each chunk of an image: what is read was checked, and nothing else is hashed.
 *
 * Behind the image and its padding lies a table of the digests of its chunks; the SHA-256 of the
 * table, the root, stands for the whole image.
 */
#ifndef MILLENNIUM_DIGEST_H
#define MILLENNIUM_DIGEST_H

#include "sha256.h"

enum { CHUNK_SIZE = 128 * 1024, IMAGE_ALIGNMENT = 4096 };

struct digests;

/* Compute the root of an image as it is. 0, or a negative errno. */
int digests_compute(int descriptor, uint64_t offset, uint64_t length,
                    unsigned char root[SHA256_SIZE]);

/* Read the table, which must have this root. NULL with errno; EIO when it has another. */
struct digests *digests_open(int descriptor, uint64_t offset, uint64_t length,
                             const unsigned char root[SHA256_SIZE]);
void digests_close(struct digests *digests);

/* Check the chunks that a part of the image lies in, each once. 0, or -EIO. */
int digests_check(struct digests *digests, int descriptor, uint64_t position, size_t size);

#endif
