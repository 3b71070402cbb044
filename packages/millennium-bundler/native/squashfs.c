#define _GNU_SOURCE
#include "squashfs.h"

#include "blocks.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    ZSTD_IMAGE = 6,
    LISTING_EXTRA = 3, /* a folder's size counts `.` and `..`, which are not there */
    FRAGMENT_SIZE = 16,
};

static const uint32_t MAGIC = 0x73717368, NO_FRAGMENT = 0xffffffff;
static const uint32_t MIN_BLOCK = 4096, MAX_BLOCK = 1024 * 1024;

static int read_superblock(struct image *image)
{
    unsigned char head[SUPERBLOCK_SIZE];
    image->length = sizeof head;
    if (read_exactly(image, 0, head, sizeof head))
        return -EIO;
    image->nodes = get32(head + 4);
    image->block_size = get32(head + 12);
    image->fragments = get32(head + 16);
    image->root = get64(head + 32);
    image->length = get64(head + 40);
    image->inode_table = get64(head + 64);
    image->folder_table = get64(head + 72);
    image->fragment_table = get64(head + 80);
    off_t end = lseek(image->descriptor, 0, SEEK_END);
    uint64_t available = end < 0 ? 0 : (uint64_t)end;
    if (get32(head) != MAGIC || get16(head + 28) != 4 || get16(head + 30) != 0 ||
        image->length < SUPERBLOCK_SIZE || image->offset > available ||
        image->length > available - image->offset)
        return -EIO;
    if (get16(head + 20) != ZSTD_IMAGE)
        return -ENOTSUP;
    if (image->block_size < MIN_BLOCK || image->block_size > MAX_BLOCK ||
        (image->block_size & (image->block_size - 1)) != 0)
        return -EIO;
    image->slots = CACHE_SIZE / (int)image->block_size;
    image->slots = image->slots > MAX_SLOTS ? MAX_SLOTS : image->slots;
    image->slots = image->slots < MIN_SLOTS ? MIN_SLOTS : image->slots;
    /* (no overflow below: what is added to these is at most 2^32, then checked by read_exactly) */
    if (image->inode_table > image->length || image->folder_table > image->length ||
        (image->fragments && image->fragment_table > image->length))
        return -EIO;
    return 0;
}

/* Check the superblock itself, too, which said where the digests are. */
static int check_digests(struct image *image, const unsigned char *root)
{
    image->digests = digests_open(image->descriptor, image->offset, image->length, root);
    if (!image->digests)
        return -errno;
    return digests_check(image->digests, image->descriptor, 0, SUPERBLOCK_SIZE);
}

struct image *image_open(int descriptor, uint64_t offset, const unsigned char *root)
{
    struct image *image = calloc(1, sizeof *image);
    if (!image)
        return NULL;
    image->descriptor = descriptor;
    image->offset = offset;
    struct node top;
    int failed = read_superblock(image);
    if (!failed && root)
        failed = check_digests(image, root);
    if (!failed) {
        size_t room = image->block_size > METADATA_SIZE ? image->block_size : METADATA_SIZE;
        image->packed = malloc(room);
        image->unpacker = ZSTD_createDCtx();
        failed = image->packed && image->unpacker ? 0 : -ENOMEM;
    }
    if (!failed)
        failed = image_node(image, image->root, &top);
    if (!failed && top.kind != NODE_FOLDER)
        failed = -EIO;
    if (!failed)
        return image;
    image_close(image);
    errno = -failed;
    return NULL;
}

void image_close(struct image *image)
{
    for (int index = 0; index < MAX_SLOTS; index++)
        free(image->blocks[index].data);
    digests_close(image->digests);
    ZSTD_freeDCtx(image->unpacker);
    free(image->packed);
    free(image);
}

void image_descriptor(struct image *image, int descriptor)
{
    image->descriptor = descriptor;
}

uint64_t image_length(const struct image *image)
{
    return image->length;
}

uint32_t image_node_count(const struct image *image)
{
    return image->nodes;
}

uint64_t image_root(const struct image *image)
{
    return image->root;
}

static void describe_folder(struct image *image, struct node *node, uint32_t start, uint32_t offset)
{
    node->kind = NODE_FOLDER;
    node->detail = (struct place){image->folder_table + start, offset};
    node->size = node->size > LISTING_EXTRA ? node->size - LISTING_EXTRA : 0;
}

int image_node(struct image *image, uint64_t reference, struct node *node)
{
    unsigned char head[16], body[40];
    struct place place = {image->inode_table + (reference >> 16), (uint32_t)(reference & 0xffff)};
    if (reference >> 48 || take(image, &place, head, sizeof head))
        return -EIO;
    *node = (struct node){
        .reference = reference,
        .mode = get16(head + 2) & 0777,
        .date = get32(head + 8),
        .number = get32(head + 12),
        .links = 1,
    };
    static const unsigned char sizes[] = {
        [1] = 16, [2] = 16, [3] = 8, [8] = 24, [9] = 40, [10] = 8};
    unsigned kind = get16(head);
    if (kind >= sizeof sizes || !sizes[kind] || take(image, &place, body, sizes[kind]))
        return -EIO;
    switch (kind) {
    case 1:
        node->links = get32(body + 4);
        node->size = get16(body + 8);
        describe_folder(image, node, get32(body), get16(body + 10));
        return 0;
    case 8:
        node->links = get32(body);
        node->size = get32(body + 4);
        describe_folder(image, node, get32(body + 8), get16(body + 18));
        return 0;
    case 2:
        node->start = get32(body);
        node->fragment = get32(body + 4);
        node->offset = get32(body + 8);
        node->size = get32(body + 12);
        break;
    case 9:
        node->start = get64(body);
        node->size = get64(body + 8);
        node->links = get32(body + 24);
        node->fragment = get32(body + 28);
        node->offset = get32(body + 32);
        break;
    default:
        node->kind = NODE_LINK;
        node->links = get32(body);
        node->size = get32(body + 4);
        node->detail = place;
        return node->size && node->size <= MAX_LINK ? 0 : -EIO;
    }
    node->kind = NODE_FILE;
    node->detail = place;
    return node->size >> 62 ? -EIO : 0;
}

static int kind_of_entry(unsigned kind, struct entry *entry)
{
    if (kind < NODE_FOLDER || kind > NODE_LINK)
        return -EIO;
    entry->kind = (enum node_kind)kind;
    return 0;
}

static int is_bad_name(const struct entry *entry)
{
    const char *name = entry->name;
    return memchr(name, 0, entry->length) || memchr(name, '/', entry->length) ||
           !strcmp(name, ".") || !strcmp(name, "..");
}

static int next_entry(struct image *image, struct place *place, uint64_t *left,
                      struct entry *entry, const unsigned char *head)
{
    unsigned char body[8];
    if (*left < sizeof body || take(image, place, body, sizeof body))
        return -EIO;
    entry->length = get16(body + 6) + 1u;
    if (entry->length > MAX_NAME || *left < sizeof body + entry->length ||
        take(image, place, entry->name, entry->length) || kind_of_entry(get16(body + 4), entry))
        return -EIO;
    *left -= sizeof body + entry->length;
    entry->name[entry->length] = 0;
    entry->reference = (uint64_t)get32(head + 4) << 16 | get16(body);
    entry->number = get32(head + 8) + (uint32_t)(int16_t)get16(body + 2);
    return is_bad_name(entry) ? -EIO : 0;
}

int image_walk(struct image *image, const struct node *folder, visit_function visit, void *self)
{
    struct place place = folder->detail;
    uint64_t left = folder->size;
    struct entry entry;
    if (folder->kind != NODE_FOLDER)
        return -ENOTDIR;
    while (left > 0) {
        unsigned char head[12];
        if (left < sizeof head || take(image, &place, head, sizeof head))
            return -EIO;
        left -= sizeof head;
        for (uint64_t count = (uint64_t)get32(head) + 1; count > 0; count--) {
            int answer = next_entry(image, &place, &left, &entry, head);
            if (!answer)
                answer = visit(self, &entry);
            if (answer)
                return answer;
        }
    }
    return 0;
}

/* Bring the hint to the block of a file with this index. */
static int seek_block(struct image *image, const struct node *file, uint64_t index)
{
    struct hint *hint = &image->hint;
    if (hint->reference != file->reference || hint->index > index || !hint->sizes.block)
        *hint = (struct hint){file->reference, 0, file->start, file->detail};
    while (hint->index < index) {
        unsigned char size[4];
        if (take(image, &hint->sizes, size, sizeof size)) {
            hint->sizes.block = 0;
            return -EIO;
        }
        hint->position += get32(size) & (STORED_BLOCK - 1);
        hint->index++;
    }
    return 0;
}

static int load_fragment(struct image *image, uint32_t fragment, const struct block **found)
{
    unsigned char position[8], body[FRAGMENT_SIZE];
    const uint32_t per_block = METADATA_SIZE / FRAGMENT_SIZE;
    uint64_t slot = image->fragment_table + (uint64_t)(fragment / per_block) * sizeof position;
    if (fragment >= image->fragments || read_exactly(image, slot, position, sizeof position))
        return -EIO;
    struct place place = {get64(position), fragment % per_block * FRAGMENT_SIZE};
    if (take(image, &place, body, sizeof body))
        return -EIO;
    return load_block(image, get64(body), get32(body + 8), found);
}

/* Copy from one block of a file; returns how much. */
static ssize_t read_block(struct image *image, const struct node *file, uint64_t offset,
                          unsigned char *target, size_t size)
{
    uint64_t index = offset / image->block_size, start = offset % image->block_size;
    uint64_t left = file->size - index * image->block_size;
    uint64_t length = left < image->block_size ? left : image->block_size;
    const struct block *found = NULL;
    uint64_t base = 0;
    int failed;
    if (length < image->block_size && file->fragment != NO_FRAGMENT) {
        base = file->offset;
        failed = load_fragment(image, file->fragment, &found);
        if (!failed && (base > found->length || length > found->length - base))
            failed = -EIO;
    } else {
        unsigned char word[4] = {0};
        failed = seek_block(image, file, index);
        struct place here = image->hint.sizes;
        if (!failed)
            failed = take(image, &here, word, sizeof word);
        uint32_t packed = get32(word);
        if (!failed && packed)
            failed = load_block(image, image->hint.position, packed, &found);
        if (!failed && found && found->length != length)
            failed = -EIO;
    }
    if (failed)
        return failed;
    size_t count = length - start < size ? (size_t)(length - start) : size;
    if (found)
        memcpy(target, found->data + base + start, count);
    else
        memset(target, 0, count); /* a block that is not stored is all zeros */
    return (ssize_t)count;
}

ssize_t image_read(struct image *image, const struct node *file, uint64_t offset, void *target,
                   size_t size)
{
    if (file->kind != NODE_FILE)
        return -EISDIR;
    if (offset >= file->size)
        return 0;
    if (size > file->size - offset)
        size = (size_t)(file->size - offset);
    size_t done = 0;
    while (done < size) {
        unsigned char *at = (unsigned char *)target + done;
        ssize_t count = read_block(image, file, offset + done, at, size - done);
        if (count <= 0)
            return count < 0 ? count : -EIO;
        done += (size_t)count;
    }
    return (ssize_t)done;
}

ssize_t image_link(struct image *image, const struct node *link, char *target)
{
    struct place place = link->detail;
    if (link->kind != NODE_LINK)
        return -EINVAL;
    if (take(image, &place, target, link->size) || memchr(target, 0, link->size))
        return -EIO;
    target[link->size] = 0;
    return (ssize_t)link->size;
}
