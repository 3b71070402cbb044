/* How an image is read from its file: a block of metadata or of data at a time, unpacked and kept.
 * For squashfs.c alone. */
#ifndef MILLENNIUM_BLOCKS_H
#define MILLENNIUM_BLOCKS_H

#include "digest.h"
#include "squashfs.h"

#include <zstd.h>

enum {
    SUPERBLOCK_SIZE = 96,
    METADATA_SIZE = 8192,
    METADATA_SLOTS = 64,
    MAX_SLOTS = 32,
    MIN_SLOTS = 4,
    CACHE_SIZE = 4 * 1024 * 1024,
    STORED_BLOCK = 1 << 24, /* in the size of a block: it is not compressed */
};

/* A block of metadata, unpacked. */
struct metadata {
    uint64_t position; /* 0: the slot is empty, for the superblock lies there */
    uint64_t next;
    uint32_t length;
    unsigned char data[METADATA_SIZE];
};

/* A block of file data, unpacked. */
struct block {
    uint64_t position;
    uint64_t used; /* when it was last asked for, in requests */
    uint32_t length;
    unsigned char *data; /* of the image's block size */
};

/* Where the last read of a file ended: reading on need not add up all sizes again. */
struct hint {
    uint64_t reference;
    uint64_t index;
    uint64_t position;
    struct place sizes;
};

struct image {
    int descriptor;
    uint64_t offset;
    uint64_t length;
    uint32_t nodes;
    uint32_t block_size;
    uint32_t fragments;
    uint64_t root;
    uint64_t inode_table;
    uint64_t folder_table;
    uint64_t fragment_table;
    uint64_t clock;
    struct digests *digests; /* NULL: nothing is known of the image */
    ZSTD_DCtx *unpacker;
    unsigned char *packed; /* one compressed block */
    struct hint hint;
    struct metadata metadata[METADATA_SLOTS];
    int slots;
    struct block blocks[MAX_SLOTS];
};

uint16_t get16(const unsigned char *at);
uint32_t get32(const unsigned char *at);
uint64_t get64(const unsigned char *at);

/* Read bytes of the image as they are, checked against its digests. */
int read_exactly(const struct image *image, uint64_t position, void *target, size_t size);

/* Copy metadata and step over it; the stream goes on in the next block. */
int take(struct image *image, struct place *place, void *target, size_t size);

/* Load a block of data; the size, as the image tells it, says whether it is stored as it is. */
int load_block(struct image *image, uint64_t position, uint32_t size, const struct block **found);

#endif
