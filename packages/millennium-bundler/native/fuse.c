#define _GNU_SOURCE
#include "fuse.h"

#include "fuse_protocol.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

enum {
    MAJOR = 7,
    MINOR = 31,
    SHORT_INIT_MINOR = 23, /* kernels before this know a shorter answer */
    SHORT_INIT_SIZE = 24,
    ROOT_NODE = 1,
    REQUEST_SIZE = 64 * 1024,
    ANSWER_SIZE = 1024 * 1024,
    USUAL_PAGES = 32, /* a request may ask for, when nothing else was agreed */
    BLOCK = 4096,
    FOREVER_S = 24 * 3600, /* nothing in the image changes */
    BUSY_MS = 200,
};

struct session {
    struct image *image;
    int descriptor;
    uid_t uid;
    gid_t gid;
    size_t page; /* of the kernel, 4 to 64 KiB */
    size_t room; /* for an answer: the most that the kernel asks for at once */
    unsigned char *answer;
};

/* The kernel's name of a node is its reference in the image; only 1, the root, is taken. */
static uint64_t reference_of(const struct session *self, uint64_t node)
{
    return node == ROOT_NODE ? image_root(self->image) : node - 2;
}

static void reply(const struct session *self, const struct request *request, int error,
                  const void *data, size_t size)
{
    struct answer head = {(uint32_t)(sizeof head + size), -error, request->unique};
    struct iovec parts[2] = {{&head, sizeof head}, {(void *)data, size}};
    /* What the kernel no longer waits for it refuses, and nothing follows from it. */
    while (writev(self->descriptor, parts, size ? 2 : 1) < 0 && errno == EINTR)
        ;
}

static void refuse(const struct session *self, const struct request *request, int error)
{
    reply(self, request, error, NULL, 0);
}

static struct attributes describe(const struct session *self, const struct node *node)
{
    static const uint32_t kinds[] = {
        [NODE_FOLDER] = S_IFDIR, [NODE_FILE] = S_IFREG, [NODE_LINK] = S_IFLNK};
    return (struct attributes){
        .number = node->number,
        .size = node->size,
        .blocks = (node->size + 511) / 512,
        .accessed = node->date,
        .modified = node->date,
        .changed = node->date,
        .mode = kinds[node->kind] | node->mode,
        .links = node->links,
        .uid = self->uid,
        .gid = self->gid,
        .block_size = BLOCK,
    };
}

struct search {
    const char *name;
    size_t length;
    uint64_t reference;
};

static int compare(void *self, const struct entry *entry)
{
    struct search *search = self;
    if (entry->length != search->length || memcmp(entry->name, search->name, search->length))
        return 0;
    search->reference = entry->reference;
    return 1;
}

static void look_up(struct session *self, const struct request *request, const char *name,
                    size_t size)
{
    struct node folder, node;
    struct search search = {name, strnlen(name, size), 0};
    struct lookup_answer answer = {.name_valid = FOREVER_S, .valid = FOREVER_S};
    int found = image_node(self->image, reference_of(self, request->node), &folder);
    if (!found)
        found = image_walk(self->image, &folder, compare, &search);
    if (found > 0 && !(found = image_node(self->image, search.reference, &node))) {
        answer.node = search.reference + 2;
        answer.attributes = describe(self, &node);
    }
    /* Without a node the answer says, and the kernel remembers, that there is no such name. */
    if (found < 0)
        refuse(self, request, -found);
    else
        reply(self, request, 0, &answer, sizeof answer);
}

static void get_attributes(struct session *self, const struct request *request)
{
    struct node node;
    struct getattr_answer answer = {.valid = FOREVER_S};
    int failed = image_node(self->image, reference_of(self, request->node), &node);
    if (failed) {
        refuse(self, request, -failed);
        return;
    }
    answer.attributes = describe(self, &node);
    reply(self, request, 0, &answer, sizeof answer);
}

static void read_link(struct session *self, const struct request *request)
{
    struct node node;
    char target[MAX_LINK + 1];
    ssize_t size = image_node(self->image, reference_of(self, request->node), &node);
    if (!size)
        size = image_link(self->image, &node, target);
    if (size < 0)
        refuse(self, request, (int)-size);
    else
        reply(self, request, 0, target, (size_t)size);
}

static void read_file(struct session *self, const struct request *request,
                      const struct read_request *wanted)
{
    struct node node;
    ssize_t size = image_node(self->image, reference_of(self, request->node), &node);
    /* The kernel takes a short answer for the end of the file, so it never gets one. */
    if (!size)
        size = wanted->size > self->room ? -EIO
                                         : image_read(self->image, &node, wanted->offset,
                                                      self->answer, wanted->size);
    if (size < 0)
        refuse(self, request, (int)-size);
    else
        reply(self, request, 0, self->answer, (size_t)size);
}

struct listing {
    unsigned char *data;
    size_t used, room;
    uint64_t skip, index;
};

static int list(void *self, const struct entry *entry)
{
    static const uint32_t kinds[] = {[NODE_FOLDER] = 4, [NODE_FILE] = 8, [NODE_LINK] = 10};
    struct listing *listing = self;
    if (listing->index++ < listing->skip)
        return 0;
    struct listed head = {entry->number, listing->index, (uint32_t)entry->length,
                          kinds[entry->kind]};
    size_t size = (sizeof head + entry->length + 7) & ~(size_t)7;
    if (size > listing->room - listing->used)
        return 1;
    unsigned char *at = listing->data + listing->used;
    memset(at, 0, size);
    memcpy(at, &head, sizeof head);
    memcpy(at + sizeof head, entry->name, entry->length);
    listing->used += size;
    return 0;
}

static void read_folder(struct session *self, const struct request *request,
                        const struct read_request *wanted)
{
    struct node folder;
    size_t room = wanted->size < self->room ? wanted->size : self->room;
    struct listing listing = {self->answer, 0, room, wanted->offset, 0};
    int failed = image_node(self->image, reference_of(self, request->node), &folder);
    if (!failed)
        failed = image_walk(self->image, &folder, list, &listing);
    if (failed < 0)
        refuse(self, request, -failed);
    else
        reply(self, request, 0, self->answer, listing.used);
}

static void greet(const struct session *self, const struct request *request,
                  const struct init_request *asked)
{
    struct init_answer answer = {
        .major = MAJOR,
        .minor = MINOR,
        .max_readahead = asked->max_readahead,
        .flags = asked->flags & (ASYNC_READ | PARALLEL_DIROPS | MAX_PAGES | CACHE_SYMLINKS),
        .max_write = BLOCK,
        .time_unit = 1,
        .max_pages = (uint16_t)(self->room / self->page),
    };
    int is_short = asked->major != MAJOR || asked->minor < SHORT_INIT_MINOR;
    reply(self, request, 0, &answer, is_short ? SHORT_INIT_SIZE : sizeof answer);
}

static void tell_size(const struct session *self, const struct request *request)
{
    struct statfs_answer answer = {
        .blocks = (image_length(self->image) + BLOCK - 1) / BLOCK,
        .files = image_node_count(self->image),
        .block_size = BLOCK,
        .fragment_size = BLOCK,
        .name_length = MAX_NAME,
    };
    reply(self, request, 0, &answer, sizeof answer);
}

static void open_node(const struct session *self, const struct request *request, uint32_t flags)
{
    struct open_answer answer = {.flags = flags};
    reply(self, request, 0, &answer, sizeof answer);
}

static void handle(struct session *self, const struct request *request, const void *body,
                   size_t size)
{
    switch (request->opcode) {
    case OP_FORGET:
    case OP_BATCH_FORGET:
    case OP_INTERRUPT:
        return; /* are not answered */
    case OP_LOOKUP:
        look_up(self, request, body, size);
        return;
    case OP_GETATTR:
        get_attributes(self, request);
        return;
    case OP_READLINK:
        read_link(self, request);
        return;
    case OP_OPEN:
        open_node(self, request, KEEP_CACHE);
        return;
    case OP_OPENDIR:
        open_node(self, request, KEEP_CACHE | CACHE_DIR);
        return;
    case OP_STATFS:
        tell_size(self, request);
        return;
    case OP_RELEASE:
    case OP_RELEASEDIR:
    case OP_DESTROY:
        refuse(self, request, 0);
        return;
    case OP_INIT:
        if (size >= sizeof(struct init_request)) {
            greet(self, request, body);
            return;
        }
        break;
    case OP_READ:
    case OP_READDIR:
        if (size >= sizeof(struct read_request)) {
            (request->opcode == OP_READ ? read_file : read_folder)(self, request, body);
            return;
        }
        break;
    }
    refuse(self, request, ENOSYS);
}

/* One request; -1 when the mount is gone. */
static int serve_one(struct session *self, unsigned char *buffer)
{
    ssize_t size = read(self->descriptor, buffer, REQUEST_SIZE);
    if (size < 0)
        return errno == EINTR || errno == EAGAIN || errno == ENOENT ? 0 : -1;
    if ((size_t)size >= sizeof(struct request))
        handle(self, (const struct request *)buffer, buffer + sizeof(struct request),
               (size_t)size - sizeof(struct request));
    return 0;
}

void fuse_serve(struct image *image, int descriptor, int keep, const char *folder)
{
    static _Alignas(8) unsigned char buffer[REQUEST_SIZE];
    size_t page = (size_t)sysconf(_SC_PAGESIZE), usual = page * USUAL_PAGES;
    size_t room = usual > ANSWER_SIZE ? usual : ANSWER_SIZE;
    struct session self = {image, descriptor, getuid(), getgid(), page, room, malloc(room)};
    struct pollfd wanted[2] = {{descriptor, POLLIN, 0}, {keep, 0, 0}};
    int is_left = 0, timeout = -1;
    while (self.answer) {
        int count = poll(wanted, 2, timeout);
        if (count < 0 && errno != EINTR)
            break;
        if (count > 0 && wanted[0].revents && serve_one(&self, buffer))
            break;
        if (count > 0 && wanted[1].revents) {
            is_left = 1;
            wanted[1].fd = -1;
            timeout = BUSY_MS;
            count = 0;
        }
        /* Other namespaces may still see the mount when it is gone from ours: serve until the
         * kernel says that it is over. */
        if (is_left && count == 0 && !fuse_unmount(folder)) {
            rmdir(folder);
            is_left = 0;
            timeout = -1;
        }
    }
    free(self.answer);
}
