#define _GNU_SOURCE
#include "digest.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct digests {
    uint64_t offset;
    uint64_t length;
    uint64_t count;
    unsigned char *table;
    unsigned char *checked; /* one byte a chunk */
    unsigned char chunk[CHUNK_SIZE];
};

static int read_at(int descriptor, uint64_t offset, unsigned char *target, size_t size)
{
    while (size > 0) {
        ssize_t done = pread(descriptor, target, size, (off_t)offset);
        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0)
            return -EIO;
        target += done;
        offset += (uint64_t)done;
        size -= (size_t)done;
    }
    return 0;
}

static uint64_t count_chunks(uint64_t length)
{
    return length / CHUNK_SIZE + (length % CHUNK_SIZE != 0);
}

static int hash_chunk(struct digests *self, int descriptor, uint64_t index,
                      unsigned char digest[SHA256_SIZE])
{
    uint64_t start = index * CHUNK_SIZE, left = self->length - start;
    size_t size = left < CHUNK_SIZE ? (size_t)left : CHUNK_SIZE;
    if (read_at(descriptor, self->offset + start, self->chunk, size))
        return -EIO;
    sha256(self->chunk, size, digest);
    return 0;
}

static struct digests *allocate(uint64_t offset, uint64_t length)
{
    struct digests *self = calloc(1, sizeof *self);
    if (!self)
        return NULL;
    self->offset = offset;
    self->length = length;
    self->count = count_chunks(length);
    self->table = malloc(self->count * SHA256_SIZE);
    self->checked = calloc(self->count, 1);
    if (self->table && self->checked)
        return self;
    digests_close(self);
    errno = ENOMEM;
    return NULL;
}

int digests_compute(int descriptor, uint64_t offset, uint64_t length,
                    unsigned char root[SHA256_SIZE])
{
    struct digests *self = allocate(offset, length);
    int failed = self ? 0 : -ENOMEM;
    for (uint64_t index = 0; !failed && index < self->count; index++)
        failed = hash_chunk(self, descriptor, index, self->table + index * SHA256_SIZE);
    if (!failed)
        sha256(self->table, self->count * SHA256_SIZE, root);
    digests_close(self);
    return failed;
}

struct digests *digests_open(int descriptor, uint64_t offset, uint64_t length,
                             const unsigned char root[SHA256_SIZE])
{
    unsigned char found[SHA256_SIZE];
    uint64_t padding = (IMAGE_ALIGNMENT - length % IMAGE_ALIGNMENT) % IMAGE_ALIGNMENT;
    struct digests *self = allocate(offset, length);
    if (!self)
        return NULL;
    size_t size = self->count * SHA256_SIZE;
    if (!read_at(descriptor, offset + length + padding, self->table, size)) {
        sha256(self->table, size, found);
        if (!memcmp(found, root, sizeof found))
            return self;
    }
    digests_close(self);
    errno = EIO;
    return NULL;
}

void digests_close(struct digests *digests)
{
    if (!digests)
        return;
    free(digests->table);
    free(digests->checked);
    free(digests);
}

int digests_check(struct digests *digests, int descriptor, uint64_t position, size_t size)
{
    unsigned char found[SHA256_SIZE];
    if (size == 0)
        return 0;
    if (position >= digests->length || size > digests->length - position)
        return -EIO;
    uint64_t last = (position + size - 1) / CHUNK_SIZE;
    for (uint64_t index = position / CHUNK_SIZE; index <= last; index++) {
        if (digests->checked[index])
            continue;
        if (hash_chunk(digests, descriptor, index, found) ||
            memcmp(found, digests->table + index * SHA256_SIZE, sizeof found))
            return -EIO;
        digests->checked[index] = 1;
    }
    return 0;
}
