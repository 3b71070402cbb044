/* A reader of squashfs 4.0 images that are compressed with zstd, at some offset of an open file.
 *
 * The image is not trusted: every position and length in it is checked before use, nothing it says
 * decides how much memory is taken, and each loop ends after as many turns as the image has bytes.
 * Functions return 0 (or a length), or a negative errno; EIO means that the image is damaged.
 * Not for two threads at once.
 *
 * Source: https://docs.kernel.org/filesystems/squashfs.html
 */
#ifndef MILLENNIUM_SQUASHFS_H
#define MILLENNIUM_SQUASHFS_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum node_kind { NODE_FOLDER = 1, NODE_FILE = 2, NODE_LINK = 3 };

enum { MAX_NAME = 255, MAX_LINK = 4095 };

struct image;

/* A place in the metadata: where its block starts in the image, and how far into it. */
struct place {
    uint64_t block;
    uint32_t offset;
};

struct node {
    uint64_t reference;
    enum node_kind kind;
    uint32_t mode; /* permissions only */
    uint32_t number;
    uint32_t links;
    uint32_t date;
    uint64_t size;       /* of a file or link; of a folder, the bytes of its listing */
    uint64_t start;      /* of a file's first block */
    uint32_t fragment;   /* that holds the end of a file */
    uint32_t offset;     /* of that end in it */
    struct place detail; /* a file's block sizes, a link's target, a folder's listing */
};

struct entry {
    uint64_t reference; /* for `image_node` */
    uint32_t number;
    enum node_kind kind;
    size_t length;
    char name[MAX_NAME + 1];
};

/* Called for each entry in turn; a value other than 0 ends the walk and is returned. */
typedef int (*visit_function)(void *self, const struct entry *entry);

/* Take the image that begins at `offset`; the descriptor stays the caller's. With the root of its
 * digests (digest.h), nothing of it is believed before it was checked. NULL with errno. */
struct image *image_open(int descriptor, uint64_t offset, const unsigned char *root);
void image_close(struct image *image);

/* The descriptor has another number now. */
void image_descriptor(struct image *image, int descriptor);

/* Bytes that belong to the image, without padding. */
uint64_t image_length(const struct image *image);
uint32_t image_node_count(const struct image *image);
uint64_t image_root(const struct image *image);

int image_node(struct image *image, uint64_t reference, struct node *node);
int image_walk(struct image *image, const struct node *folder, visit_function visit, void *self);
ssize_t image_read(struct image *image, const struct node *file, uint64_t offset, void *target,
                   size_t size);
/* `target` has room for MAX_LINK + 1 bytes and is ended by a null byte. */
ssize_t image_link(struct image *image, const struct node *link, char *target);

#endif
