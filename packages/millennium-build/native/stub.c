/* The start of every executable: loads libpython and the core from the payload, then hands over.
 *
 * It knows nothing of Python, so one stub serves every version.
 */
#define _GNU_SOURCE
#include "payload.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { EXIT_DAMAGED = 70 };

static int fail(const char *what, const char *why)
{
    fprintf(stderr, "millennium: this executable %s%s%s\n", what, why ? ": " : "", why ? why : "");
    return EXIT_DAMAGED;
}

/* RTLD_GLOBAL: extension modules find the symbols of libpython in the global scope. */
static void *load(const struct payload *payload, uint32_t index, const char *name)
{
    int descriptor = payload->memory_file(payload, index, name);
    if (descriptor < 0) {
        fail("cannot load its Python", strerror(errno));
        return NULL;
    }
    char path[256];
    payload->loader_path(descriptor, path, sizeof path);
    void *library = dlopen(path, RTLD_NOW | RTLD_GLOBAL);
    if (!library)
        fail("cannot load its Python", dlerror());
    close(descriptor);
    return library;
}

int main(int argc, char **argv)
{
    static struct payload payload;
    const char *problem = payload_open(&payload);
    if (problem)
        return fail(problem, NULL);
    clean_environment(payload.executable);
    if (!load(&payload, BLOB_LIBPYTHON, "libpython"))
        return EXIT_DAMAGED;
    void *core = load(&payload, BLOB_CORE, "core");
    if (!core)
        return EXIT_DAMAGED;
    core_main_function core_main = (core_main_function)dlsym(core, "millennium_core_main");
    return core_main ? core_main(&payload, argc, argv) : fail("has a core of another kind", NULL);
}
