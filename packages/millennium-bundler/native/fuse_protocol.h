/* What the kernel and a FUSE server say to each other, as far as a read-only one hears of it.
 *
 * Source: include/uapi/linux/fuse.h of Linux, which allows this use (BSD-2-Clause)
 */
#ifndef MILLENNIUM_FUSE_PROTOCOL_H
#define MILLENNIUM_FUSE_PROTOCOL_H

#include <stdint.h>

enum {
    OP_LOOKUP = 1,
    OP_FORGET = 2,
    OP_GETATTR = 3,
    OP_READLINK = 5,
    OP_OPEN = 14,
    OP_READ = 15,
    OP_STATFS = 17,
    OP_RELEASE = 18,
    OP_INIT = 26,
    OP_OPENDIR = 27,
    OP_READDIR = 28,
    OP_RELEASEDIR = 29,
    OP_INTERRUPT = 36,
    OP_DESTROY = 38,
    OP_BATCH_FORGET = 42,
};

enum {
    ASYNC_READ = 1 << 0,
    PARALLEL_DIROPS = 1 << 18,
    MAX_PAGES = 1 << 22,
    CACHE_SYMLINKS = 1 << 23,
    KEEP_CACHE = 1 << 1,
    CACHE_DIR = 1 << 3,
};

struct request {
    uint32_t length, opcode;
    uint64_t unique, node;
    uint32_t uid, gid, pid, unused;
};

struct answer {
    uint32_t length;
    int32_t error;
    uint64_t unique;
};

struct attributes {
    uint64_t number, size, blocks, accessed, modified, changed;
    uint32_t nanoseconds[3], mode, links, uid, gid, device, block_size, flags;
};

struct lookup_answer {
    uint64_t node, generation, name_valid, valid;
    uint32_t nanoseconds[2];
    struct attributes attributes;
};

struct getattr_answer {
    uint64_t valid;
    uint32_t nanoseconds, unused;
    struct attributes attributes;
};

struct init_request {
    uint32_t major, minor, max_readahead, flags;
};

struct init_answer {
    uint32_t major, minor, max_readahead, flags;
    uint16_t max_background, congestion;
    uint32_t max_write, time_unit;
    uint16_t max_pages, alignment;
    uint32_t unused[8];
};

struct open_answer {
    uint64_t handle;
    uint32_t flags, unused;
};

struct read_request {
    uint64_t handle, offset;
    uint32_t size, read_flags;
    uint64_t owner;
    uint32_t flags, unused;
};

struct statfs_answer {
    uint64_t blocks, free, available, files, free_files;
    uint32_t block_size, name_length, fragment_size, unused[7];
};

struct listed {
    uint64_t number, next;
    uint32_t length, kind;
};

#endif
