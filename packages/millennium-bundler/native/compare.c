#define _GNU_SOURCE
#include "compare.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MAX_DEPTH = 64 };

/* A folder of the copy on the way down. */
struct level {
    struct image *image;
    uint64_t *visited;
    int depth;
    int descriptor;
};

static int compare_entry(void *self, const struct entry *entry);

static int compare_link(const struct level *level, const struct node *node, const char *name)
{
    char wanted[MAX_LINK + 1], found[MAX_LINK + 1];
    ssize_t size = image_link(level->image, node, wanted);
    if (size < 0)
        return (int)size;
    ssize_t length = readlinkat(level->descriptor, name, found, sizeof found);
    return length == size && !memcmp(wanted, found, (size_t)size) ? 0 : -ESTALE;
}

static int compare_folder(const struct level *level, const struct node *node, const char *name)
{
    if (level->depth >= MAX_DEPTH)
        return -ELOOP;
    int descriptor =
        openat(level->descriptor, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (descriptor < 0)
        return -ESTALE;
    struct level below = {level->image, level->visited, level->depth + 1, descriptor};
    int failed = image_walk(level->image, node, compare_entry, &below);
    close(descriptor);
    return failed;
}

/* As they are after extraction: the owner may always write to a folder. */
static int is_alike(const struct node *node, const struct stat *found)
{
    mode_t rights = found->st_mode & 07777;
    if (found->st_uid != geteuid())
        return 0;
    if (node->kind == NODE_LINK)
        return S_ISLNK(found->st_mode);
    if (node->kind == NODE_FOLDER)
        return S_ISDIR(found->st_mode) && rights == (node->mode | S_IRWXU);
    return S_ISREG(found->st_mode) && rights == node->mode &&
           (uint64_t)found->st_size == node->size;
}

static int compare_entry(void *self, const struct entry *entry)
{
    const struct level *level = self;
    struct node node;
    struct stat found;
    /* An image in which more is found than it says to have goes round in circles. */
    if ((*level->visited)++ > (uint64_t)image_node_count(level->image) * 2)
        return -ELOOP;
    int failed = image_node(level->image, entry->reference, &node);
    if (failed)
        return failed;
    if (fstatat(level->descriptor, entry->name, &found, AT_SYMLINK_NOFOLLOW) ||
        !is_alike(&node, &found))
        return -ESTALE;
    if (node.kind == NODE_LINK)
        return compare_link(level, &node, entry->name);
    return node.kind == NODE_FOLDER ? compare_folder(level, &node, entry->name) : 0;
}

int compare_with(struct image *image, int folder)
{
    uint64_t visited = 0;
    struct node root;
    struct level level = {image, &visited, 0, folder};
    int failed = image_node(image, image_root(image), &root);
    return failed ? failed : image_walk(image, &root, compare_entry, &level);
}
