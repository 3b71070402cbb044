#define _GNU_SOURCE
#include "payload.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <zstd.h>

#ifndef MFD_NOEXEC_SEAL
#define MFD_NOEXEC_SEAL 0x0008U
#endif

static const char MAGIC[8] = "MILLPAY1";
enum { TRAILER_SIZE = 24, HEADER_SIZE = 8, VERSION = 1 };

static int read_blob(const struct payload *self, uint32_t index, void *target)
{
    if (index >= self->count)
        return -1;
    const struct blob *blob = &self->blobs[index];
    const unsigned char *source = self->start + blob->offset;
    if (blob->stored == blob->length) {
        memcpy(target, source, blob->length);
        return 0;
    }
    return ZSTD_decompress(target, blob->length, source, blob->stored) == blob->length ? 0 : -1;
}

/* memfd_create is called by number: glibc has it only since 2.27. */
static int create_memory_file(const char *name)
{
    int descriptor = (int)syscall(SYS_memfd_create, name, MFD_CLOEXEC | MFD_NOEXEC_SEAL);
    if (descriptor < 0 && errno == EINVAL) /* Linux before 6.3 does not know the flag */
        descriptor = (int)syscall(SYS_memfd_create, name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
    return descriptor;
}

enum { FROM_PAYLOAD = -1 };

/* 0 when `source` gave exactly `length` bytes. */
static int read_file(int source, unsigned char *target, uint64_t length)
{
    struct stat status;
    if (fstat(source, &status))
        return -1;
    if (!S_ISREG(status.st_mode) || (uint64_t)status.st_size != length)
        return -1;
    for (uint64_t done = 0; done < length;) {
        ssize_t count = pread(source, target + done, length - done, (off_t)done);
        if (count <= 0)
            return -1;
        done += (uint64_t)count;
    }
    return 0;
}

static int fill(const struct payload *self, uint32_t index, int source, int descriptor)
{
    uint64_t length = self->blobs[index].length;
    if (ftruncate(descriptor, (off_t)length))
        return -1;
    void *target = mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
    if (target == MAP_FAILED)
        return -1;
    int failed = source == FROM_PAYLOAD ? self->read(self, index, target)
                                        : read_file(source, target, length);
    munmap(target, length);
    if (failed)
        errno = EILSEQ;
    return failed;
}

static int make_sealed(const struct payload *self, uint32_t index, int source, const char *name)
{
    if (index >= self->count || self->blobs[index].length == 0) {
        errno = EINVAL;
        return -1;
    }
    int descriptor = create_memory_file(name);
    if (descriptor < 0)
        return -1;
    /* A neighbour that opens /proc/PID/fd must not change code that was already checked. One that
     * has mapped the file for writing by now keeps it from being sealed: then it is not used. */
    if (fill(self, index, source, descriptor) ||
        fcntl(descriptor, F_ADD_SEALS,
              F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL)) {
        int reason = errno;
        close(descriptor);
        errno = reason;
        return -1;
    }
    return descriptor;
}

static int memory_file(const struct payload *self, uint32_t index, const char *name)
{
    return make_sealed(self, index, FROM_PAYLOAD, name);
}

static int sealed_copy(const struct payload *self, uint32_t index, int source, const char *name)
{
    if (source < 0) {
        errno = EBADF;
        return -1;
    }
    return make_sealed(self, index, source, name);
}

/* The loader takes two libraries for one when the text of their paths is equal, and the kernel
 * gives numbers of closed descriptors again. So the bits of a serial number go into the text as
 * "/" and "./", which change nothing for the kernel. */
static void loader_path(int descriptor, char *text, size_t size)
{
    static unsigned serial;
    char bits[2 * sizeof serial * CHAR_BIT + 1] = "";
    for (unsigned rest = ++serial; rest; rest >>= 1)
        strcat(bits, rest & 1 ? "./" : "/");
    snprintf(text, size, "/proc/self/fd/%s%d", bits, descriptor);
}

static int are_blobs_inside(const struct payload *payload)
{
    uint64_t table = HEADER_SIZE + (uint64_t)payload->count * sizeof(struct blob);
    if (table > payload->length)
        return 0;
    for (uint32_t i = 0; i < payload->count; i++) {
        const struct blob *blob = &payload->blobs[i];
        if (blob->offset > payload->length || blob->stored > payload->length - blob->offset ||
            blob->stored > blob->length)
            return 0;
    }
    return 1;
}

static const char *map_payload(struct payload *payload, int descriptor)
{
    struct stat status;
    unsigned char trailer[TRAILER_SIZE];
    if (fstat(descriptor, &status) || status.st_size < TRAILER_SIZE ||
        pread(descriptor, trailer, TRAILER_SIZE, status.st_size - TRAILER_SIZE) != TRAILER_SIZE)
        return "cannot be read";
    uint64_t offset;
    memcpy(&offset, trailer + 8, 8);
    memcpy(&payload->length, trailer + 16, 8);
    if (memcmp(trailer, MAGIC, sizeof MAGIC))
        return "has lost its end (stripped or cut off)";
    uint64_t room = (uint64_t)status.st_size - TRAILER_SIZE;
    if (payload->length < HEADER_SIZE || offset > room || payload->length > room - offset)
        return "is damaged (trailer)";
    void *start = mmap(NULL, payload->length, PROT_READ, MAP_PRIVATE, descriptor, (off_t)offset);
    if (start == MAP_FAILED)
        return "cannot be mapped";
    payload->start = start;
    uint32_t version;
    memcpy(&payload->count, payload->start, 4);
    memcpy(&version, payload->start + 4, 4);
    payload->blobs = (const struct blob *)(payload->start + HEADER_SIZE);
    if (version != VERSION || payload->count <= BLOB_INDEX || !are_blobs_inside(payload))
        return "is damaged (table)";
    return NULL;
}

const char *payload_open(struct payload *payload)
{
    static char executable[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", executable, sizeof executable - 1);
    int descriptor = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
    if (length <= 0 || descriptor < 0)
        return "cannot find itself: is /proc mounted?";
    payload->executable = executable;
    payload->read = read_blob;
    payload->memory_file = memory_file;
    payload->sealed_copy = sealed_copy;
    payload->loader_path = loader_path;
    const char *problem = map_payload(payload, descriptor);
    close(descriptor);
    return problem;
}
