/* What the stub shares with the core: the payload at the end of the executable.
 *
 * The file is  [stub][payload][trailer].  The trailer is the last 24 bytes: "MILLPAY1", then the
 * offset and the length of the payload as little-endian 64-bit numbers.  The payload is a header
 * (count, version), one `blob` record per blob, then the blobs.  A blob is zstd unless its stored
 * length equals its length.
 */
#ifndef MILLENNIUM_PAYLOAD_H
#define MILLENNIUM_PAYLOAD_H

#include <stddef.h>
#include <stdint.h>

enum { BLOB_FROZEN = 0, BLOB_LIBPYTHON = 1, BLOB_CORE = 2, BLOB_INDEX = 3 };

struct blob {
    uint64_t offset; /* from the start of the payload */
    uint64_t stored;
    uint64_t length;
};

struct payload {
    const unsigned char *start;
    uint64_t length;
    uint32_t count;
    const struct blob *blobs;
    /* Decompress a blob into `target`, which has room for its length. 0, or -1 when damaged. */
    int (*read)(const struct payload *self, uint32_t index, void *target);
    /* A sealed file in memory that holds `length` bytes which `read` gave. Its descriptor, or -1. */
    int (*memory_file)(const struct payload *self, uint32_t index, const char *name);
    /* The same of `source`, which must be a plain file as long as the blob. What it holds is not
     * looked at: that is for whoever reads the sealed copy. */
    int (*sealed_copy)(const struct payload *self, uint32_t index, int source, const char *name);
    /* Path by which the loader opens `descriptor`; no two calls give the same text. */
    void (*loader_path)(int descriptor, char *text, size_t size);
    const char *executable;
};

/* Entry of the core. The payload outlives it. */
typedef int (*core_main_function)(const struct payload *payload, int argc, char **argv);

/* Take dangerous variables out of the environment: before any library but libc is loaded. */
void clean_environment(const char *executable);

/* Map the payload of the running executable. NULL, or what is wrong with it. */
const char *payload_open(struct payload *payload);

#endif
