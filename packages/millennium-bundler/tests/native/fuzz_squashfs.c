/* Change bytes of an image at random and read all that can be reached: fuzz_squashfs IMAGE SEED TURNS
 *
 * The sanitizers end the process at the first access outside of an object; "opened N" says that the
 * changes left enough whole for the reader to get anywhere.
 */
#define _GNU_SOURCE
#include "squashfs.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MAX_DEPTH = 6, MAX_NODES = 400, PIECE = 8192, HEAD = 96 };

static uint64_t state;
static long opened, reached;

struct visit {
    struct image *image;
    int depth;
};

static uint64_t next(void)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state;
}

static void read_some(struct image *image, const struct node *node)
{
    static unsigned char piece[PIECE];
    const uint64_t offsets[] = {0, node->size / 2, node->size ? node->size - 1 : 0, next()};
    for (size_t index = 0; index < sizeof offsets / sizeof *offsets; index++)
        image_read(image, node, offsets[index], piece, next() % PIECE);
}

static int visit(void *self, const struct entry *entry)
{
    struct visit *above = self, below = {above->image, above->depth + 1};
    struct node node;
    char target[MAX_LINK + 1];
    if (reached++ > MAX_NODES || strlen(entry->name) != entry->length)
        return 1;
    if (image_node(above->image, entry->reference, &node))
        return 0;
    image_link(above->image, &node, target);
    read_some(above->image, &node);
    if (below.depth < MAX_DEPTH)
        image_walk(above->image, &node, visit, &below);
    return 0;
}

static void read_all(int descriptor)
{
    struct image *image = image_open(descriptor, 0, NULL);
    struct node root;
    if (!image)
        return;
    opened++;
    reached = 0;
    struct visit start = {image, 0};
    if (!image_node(image, image_root(image), &root))
        image_walk(image, &root, visit, &start);
    image_close(image);
}

static void change(unsigned char *copy, size_t size)
{
    static const unsigned char edges[] = {0, 1, 0x7f, 0x80, 0xff};
    for (uint64_t count = next() % 4 + 1; count > 0; count--) {
        size_t at = next() % (next() % 8 ? size : HEAD);
        uint64_t value = next();
        copy[at] = value & 1 ? edges[value / 2 % sizeof edges] : (unsigned char)(value >> 8);
    }
}

int main(int count, char **words)
{
    if (count != 4)
        return 2;
    int source = open(words[1], O_RDONLY), target = memfd_create("image", 0);
    struct stat found;
    if (source < 0 || fstat(source, &found) || ftruncate(target, found.st_size))
        return 2;
    size_t size = (size_t)found.st_size;
    unsigned char *whole = mmap(NULL, size, PROT_READ, MAP_PRIVATE, source, 0);
    unsigned char *copy = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, target, 0);
    if (whole == MAP_FAILED || copy == MAP_FAILED)
        return 2;
    state = strtoull(words[2], NULL, 10) * 2654435761u + 1;
    for (long turn = strtol(words[3], NULL, 10); turn > 0; turn--) {
        memcpy(copy, whole, size);
        change(copy, size);
        read_all(target);
    }
    printf("opened %ld\n", opened);
    return 0;
}
