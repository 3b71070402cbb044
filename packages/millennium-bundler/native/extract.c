#define _GNU_SOURCE
#include "extract.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MAX_DEPTH = 64, PIECE = 128 * 1024 };

struct extraction {
    struct image *image;
    const char *pattern;
    long written;
    uint64_t visited;
    char path[PATH_MAX];
};

/* A folder on the way down; it is made when the first thing in it is. */
struct level {
    struct extraction *all;
    struct level *above;
    const char *name;
    size_t path_length;
    int depth;
    int is_wanted;
    int descriptor;
};

static int extract_folder(struct level *level, const struct node *node);

static int make_folder(struct level *level)
{
    if (level->descriptor >= 0)
        return level->descriptor;
    int parent = make_folder(level->above);
    if (parent < 0)
        return parent;
    if (mkdirat(parent, level->name, 0755) && errno != EEXIST)
        return -errno;
    level->descriptor =
        openat(parent, level->name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    return level->descriptor < 0 ? -errno : level->descriptor;
}

static int write_exactly(int descriptor, const char *data, size_t size)
{
    while (size > 0) {
        ssize_t done = write(descriptor, data, size);
        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0)
            return done ? -errno : -EIO;
        data += done;
        size -= (size_t)done;
    }
    return 0;
}

static int copy(struct image *image, const struct node *node, int descriptor)
{
    static char piece[PIECE];
    for (uint64_t offset = 0; offset < node->size;) {
        ssize_t size = image_read(image, node, offset, piece, sizeof piece);
        if (size <= 0)
            return size ? (int)size : -EIO;
        int failed = write_exactly(descriptor, piece, (size_t)size);
        if (failed)
            return failed;
        offset += (uint64_t)size;
    }
    return fchmod(descriptor, node->mode) ? -errno : 0;
}

static int extract_file(struct image *image, const struct node *node, int parent, const char *name)
{
    int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
    unlinkat(parent, name, 0);
    int descriptor = openat(parent, name, flags, 0600);
    if (descriptor < 0)
        return -errno;
    int failed = copy(image, node, descriptor);
    if (close(descriptor) && !failed)
        failed = -errno;
    return failed;
}

static int extract_link(struct image *image, const struct node *node, int parent, const char *name)
{
    char target[MAX_LINK + 1];
    ssize_t size = image_link(image, node, target);
    if (size < 0)
        return (int)size;
    unlinkat(parent, name, 0);
    return symlinkat(target, parent, name) ? -errno : 0;
}

static int extract_node(struct level *level, const struct node *node, const char *name)
{
    int parent = make_folder(level);
    if (parent < 0)
        return parent;
    level->all->written++;
    if (node->kind == NODE_LINK)
        return extract_link(level->all->image, node, parent, name);
    return extract_file(level->all->image, node, parent, name);
}

static int extract_entry(void *self, const struct entry *entry)
{
    struct level *level = self;
    struct extraction *all = level->all;
    struct node node;
    size_t length = level->path_length;
    if (length + entry->length + 2 > sizeof all->path)
        return -ENAMETOOLONG;
    /* An image in which more is found than it says to have goes round in circles. */
    if (all->visited++ > (uint64_t)image_node_count(all->image) * 2)
        return -ELOOP;
    memcpy(all->path + length, entry->name, entry->length + 1);
    int is_wanted = level->is_wanted || !fnmatch(all->pattern, all->path, FNM_PATHNAME);
    int failed = image_node(all->image, entry->reference, &node);
    if (failed || (node.kind != NODE_FOLDER && !is_wanted))
        return failed;
    if (node.kind != NODE_FOLDER)
        return extract_node(level, &node, entry->name);
    memcpy(all->path + length + entry->length, "/", 2);
    struct level below = {all, level, entry->name, length + entry->length + 1, level->depth + 1,
                          is_wanted, -1};
    return extract_folder(&below, &node);
}

static int extract_folder(struct level *level, const struct node *node)
{
    int failed = level->depth > MAX_DEPTH ? -ELOOP : 0;
    if (!failed && level->is_wanted) {
        int descriptor = make_folder(level);
        failed = descriptor < 0 ? descriptor : 0;
        level->all->written++;
    }
    if (!failed)
        failed = image_walk(level->all->image, node, extract_entry, level);
    /* The owner may always write, or nobody could remove it again. */
    if (!failed && level->above && level->descriptor >= 0 &&
        fchmod(level->descriptor, node->mode | S_IRWXU))
        failed = -errno;
    if (level->above && level->descriptor >= 0)
        close(level->descriptor);
    return failed;
}

long extract_into(struct image *image, int folder, const char *pattern)
{
    static struct extraction all;
    struct node root;
    all = (struct extraction){.image = image, .pattern = pattern ? pattern : ""};
    struct level level = {&all, NULL, "", 0, 0, pattern == NULL, folder};
    int failed = image_node(image, image_root(image), &root);
    if (!failed)
        failed = extract_folder(&level, &root);
    return failed ? failed : all.written;
}

int remove_tree(int folder, const char *name)
{
    if (!unlinkat(folder, name, 0) || errno == ENOENT)
        return 0;
    int descriptor = openat(folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    DIR *listing = descriptor < 0 ? NULL : fdopendir(descriptor);
    if (!listing)
        return -1;
    struct dirent *found;
    while ((found = readdir(listing)))
        if (strcmp(found->d_name, ".") && strcmp(found->d_name, ".."))
            remove_tree(descriptor, found->d_name);
    closedir(listing);
    return unlinkat(folder, name, AT_REMOVEDIR);
}
