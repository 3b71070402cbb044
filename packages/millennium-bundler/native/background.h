/* A mount that outlives who made it: served by a process in the background until nobody needs it. */
#ifndef MILLENNIUM_BACKGROUND_H
#define MILLENNIUM_BACKGROUND_H

#include "squashfs.h"

/* Mount an image below the folder for temporary files, and leave a process that serves it. This
 * process and its children inherit what keeps it mounted. 0, or -1 when FUSE is not to be had here.
 *
 * `file` is the descriptor that the image is read from; it gets another number. The name of `path`
 * is seen in the name of the mount, whose folder goes into `folder`. */
int mount_image(struct image *image, int *file, const char *path, char *folder, size_t size);

#endif
