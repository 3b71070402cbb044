#define _GNU_SOURCE
#include "blocks.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { STORED_METADATA = 0x8000 };

uint16_t get16(const unsigned char *at)
{
    return (uint16_t)(at[0] | at[1] << 8);
}

uint32_t get32(const unsigned char *at)
{
    return get16(at) | (uint32_t)get16(at + 2) << 16;
}

uint64_t get64(const unsigned char *at)
{
    return get32(at) | (uint64_t)get32(at + 4) << 32;
}

int read_exactly(const struct image *image, uint64_t position, void *target, size_t size)
{
    if (position > image->length || size > image->length - position)
        return -EIO;
    if (image->digests && digests_check(image->digests, image->descriptor, position, size))
        return -EIO;
    unsigned char *at = target;
    while (size > 0) {
        ssize_t done = pread(image->descriptor, at, size, (off_t)(image->offset + position));
        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0)
            return -EIO;
        at += done;
        position += (uint64_t)done;
        size -= (size_t)done;
    }
    return 0;
}

static int unpack(struct image *image, void *target, size_t room, size_t packed, uint32_t *length)
{
    size_t size = ZSTD_decompressDCtx(image->unpacker, target, room, image->packed, packed);
    if (ZSTD_isError(size))
        return -EIO;
    *length = (uint32_t)size;
    return 0;
}

static int load_metadata(struct image *image, uint64_t position, const struct metadata **found)
{
    struct metadata *slot = &image->metadata[position % METADATA_SLOTS];
    *found = slot;
    if (slot->position == position && position)
        return 0;
    unsigned char head[2];
    slot->position = 0;
    if (position < SUPERBLOCK_SIZE || read_exactly(image, position, head, sizeof head))
        return -EIO;
    uint32_t size = get16(head) & (STORED_METADATA - 1u);
    if (size == 0 || size > METADATA_SIZE)
        return -EIO;
    int is_stored = get16(head) & STORED_METADATA;
    if (read_exactly(image, position + 2, is_stored ? slot->data : image->packed, size))
        return -EIO;
    slot->length = size;
    if (!is_stored && unpack(image, slot->data, METADATA_SIZE, size, &slot->length))
        return -EIO;
    if (slot->length == 0)
        return -EIO;
    slot->next = position + 2 + size;
    slot->position = position;
    return 0;
}

int take(struct image *image, struct place *place, void *target, size_t size)
{
    unsigned char *at = target;
    while (size > 0) {
        const struct metadata *found;
        if (load_metadata(image, place->block, &found) || place->offset > found->length)
            return -EIO;
        size_t here = found->length - place->offset;
        if (here == 0) {
            place->block = found->next;
            place->offset = 0;
            continue;
        }
        size_t count = here < size ? here : size;
        memcpy(at, found->data + place->offset, count);
        at += count;
        size -= count;
        place->offset += (uint32_t)count;
    }
    return 0;
}

static struct block *oldest(struct image *image)
{
    struct block *slot = &image->blocks[0];
    for (int index = 1; index < image->slots; index++)
        if (image->blocks[index].used < slot->used)
            slot = &image->blocks[index];
    return slot;
}

int load_block(struct image *image, uint64_t position, uint32_t size, const struct block **found)
{
    uint32_t length = size & (STORED_BLOCK - 1);
    if (size >= STORED_BLOCK * 2 || length == 0 || length > image->block_size ||
        position < SUPERBLOCK_SIZE)
        return -EIO;
    image->clock++;
    for (int index = 0; index < image->slots; index++) {
        struct block *slot = &image->blocks[index];
        if (slot->position == position) {
            slot->used = image->clock;
            *found = slot;
            return 0;
        }
    }
    struct block *slot = oldest(image);
    *found = slot;
    slot->position = 0;
    if (!slot->data && !(slot->data = malloc(image->block_size)))
        return -ENOMEM;
    int is_stored = (size & STORED_BLOCK) != 0;
    if (read_exactly(image, position, is_stored ? slot->data : image->packed, length))
        return -EIO;
    slot->length = length;
    if (!is_stored && unpack(image, slot->data, image->block_size, length, &slot->length))
        return -EIO;
    slot->position = position;
    slot->used = image->clock;
    return 0;
}
