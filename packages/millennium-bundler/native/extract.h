/* Write what is in an image into a folder. */
#ifndef MILLENNIUM_EXTRACT_H
#define MILLENNIUM_EXTRACT_H

#include "squashfs.h"

/* Extract what the pattern matches, with all below it; everything when it is NULL. No link is
 * followed on the way, so nothing lands outside `folder`. The number of entries written, or a
 * negative errno. */
long extract_into(struct image *image, int folder, const char *pattern);

/* Remove an entry of a folder with all below it. */
int remove_tree(int folder, const char *name);

#endif
