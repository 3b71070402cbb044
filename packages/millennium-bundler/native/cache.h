/* A copy of an image's files that stays: for systems where nothing can be mounted.
 *
 * It lies in a folder that belongs to the user alone (0700, no link), under the SHA-256 of the image.
 * A copy is made aside, from an image whose digest was checked, and moved to its place when it is
 * whole. Who runs it holds a lock on it; copies that nobody has started for a month are removed.
 */
#ifndef MILLENNIUM_CACHE_H
#define MILLENNIUM_CACHE_H

#include "sha256.h"
#include "squashfs.h"

/* Hash an image as it is. 0, or a negative errno. */
int image_digest(int descriptor, uint64_t offset, uint64_t length,
                 unsigned char digest[SHA256_SIZE]);

/* Find or make the copy; its path goes into `path`. NULL, or what is wrong. */
const char *cached_copy(struct image *image, int descriptor, uint64_t offset,
                        const unsigned char digest[SHA256_SIZE], char *path, size_t size);

#endif
