/* A copy of an image's files that stays: for systems where nothing can be mounted.
 *
 * It lies in a folder that belongs to the user alone (0700, no link), under the root of the image's
 * digests. A copy is made aside and moved to its place when it is whole. Who runs it holds a lock
 * on it; copies that nobody has started for a month are removed. At each start every entry is looked
 * at (compare.h), and a copy that is not whole is made anew.
 */
#ifndef MILLENNIUM_CACHE_H
#define MILLENNIUM_CACHE_H

#include "sha256.h"
#include "squashfs.h"

/* Find or make the copy; its path goes into `path`. NULL, or what is wrong. */
const char *cached_copy(struct image *image, const unsigned char root[SHA256_SIZE],
                        char *path, size_t size);

/* Remove the copy; 1 when it is still there, because something runs from it. */
int remove_cached(const unsigned char root[SHA256_SIZE]);

/* Where temporary files go: $TMPDIR, unless it is another user's, or /tmp. */
const char *temporary_folder(void);

#endif
