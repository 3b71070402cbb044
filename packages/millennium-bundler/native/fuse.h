/* An image as a mounted file system: the kernel's FUSE protocol, spoken without libfuse.
 *
 * Source: https://www.kernel.org/doc/html/latest/filesystems/fuse.html, include/uapi/linux/fuse.h
 */
#ifndef MILLENNIUM_FUSE_H
#define MILLENNIUM_FUSE_H

#include "squashfs.h"

/* Mount at an existing folder: as root by mount(2), else through fusermount3. The descriptor over
 * which the kernel asks, or -1 when FUSE is not to be had here. */
int fuse_mount(const char *folder, const char *name);

/* 0, or -1 while something in it is still open. */
int fuse_unmount(const char *folder);

/* Answer the kernel until the mount is gone. It is unmounted when all holders of the other end of
 * the pipe `keep` have ended and nobody has a file of it open. */
void fuse_serve(struct image *image, int descriptor, int keep, const char *folder);

#endif
