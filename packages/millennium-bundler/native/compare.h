/* Look whether a copy of an image's files is whole. */
#ifndef MILLENNIUM_COMPARE_H
#define MILLENNIUM_COMPARE_H

#include "squashfs.h"

/* Compare every entry of an image with the copy in a folder: it is there, ours, of the same kind, rights
 * and size, and a link leads to the same place. No content is read, so that the app starts at once.
 * 0, or a negative errno: ESTALE when something differs. */
int compare_with(struct image *image, int folder);

#endif
