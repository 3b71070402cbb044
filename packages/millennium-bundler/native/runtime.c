/* The runtime of an AppImage, type 2: an ELF file with a squashfs image behind it.
 *
 * It mounts the image and becomes the app; a process beside it answers the kernel and unmounts when
 * the app and all its children have ended. Where nothing can be mounted it runs a cached copy.
 *
 * Source: https://github.com/AppImage/AppImageSpec/blob/master/draft.md
 */
#define _GNU_SOURCE
#include "background.h"
#include "cache.h"
#include "digest.h"
#include "extract.h"
#include "notices.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#ifndef RUNTIME_VERSION
#define RUNTIME_VERSION "development"
#endif

enum { CANNOT_RUN = 127 };

/* Filled in by whoever makes an AppImage, so the compiler must not take them for zero. */
#define SECTION(name) __attribute__((section(name), used, retain)) const volatile
SECTION(".upd_info") char update_information[1024] = {0};
SECTION(".sha256_sig") char signature[1024] = {0};
SECTION(".sig_key") char signature_key[8192] = {0};
SECTION(".digest_md5") unsigned char md5_digest[16] = {0};
SECTION(".digest_sha256") unsigned char sha256_root[SHA256_SIZE] = {0};

static const char HELP[] =
    "AppImage options (Millennium for Python " RUNTIME_VERSION "):\n"
    "  --appimage-extract [PATTERN]     unpack into squashfs-root, here\n"
    "  --appimage-extract-and-run ...   run from an unpacked copy instead of a mount\n"
    "  --appimage-help                  show this\n"
    "  --appimage-mount                 mount, say where, and wait until interrupted\n"
    "  --appimage-notices               show the licences of this runtime and what is in it\n"
    "  --appimage-offset                say where the image begins in this file\n"
    "  --appimage-portable-config       make a folder beside this file for the app's settings\n"
    "  --appimage-portable-home         make a folder beside this file as the app's home\n"
    "  --appimage-remove-copy           remove the unpacked copy that it ran from\n"
    "  --appimage-signature             show the signature in this file\n"
    "  --appimage-updateinformation     show where new versions are announced\n"
    "  --appimage-verify                compare the image with its SHA-256\n"
    "  --appimage-version               show the version of the runtime\n"
    "Anything else goes to the app.\n";

struct self {
    char path[PATH_MAX];
    int descriptor;
    uint64_t offset;
    struct image *image;
};

static _Noreturn void stop(const struct self *self, const char *form, ...)
{
    va_list values;
    const char *name = strrchr(self->path, '/');
    fprintf(stderr, "%s: ", name ? name + 1 : "AppImage");
    va_start(values, form);
    vfprintf(stderr, form, values);
    va_end(values);
    fputc('\n', stderr);
    exit(CANNOT_RUN);
}

static void read_self(struct self *self, void *target, size_t size, uint64_t offset)
{
    if (pread(self->descriptor, target, size, (off_t)offset) != (ssize_t)size)
        stop(self, "it is damaged");
}

/* The image begins where the ELF file ends. */
static void find_image(struct self *self)
{
    Elf64_Ehdr head;
    read_self(self, &head, sizeof head, 0);
    uint64_t end = head.e_shoff + (uint64_t)head.e_shnum * head.e_shentsize;
    for (unsigned index = 0; index < head.e_shnum; index++) {
        Elf64_Shdr section;
        uint64_t place = head.e_shoff + (uint64_t)index * head.e_shentsize;
        read_self(self, &section, sizeof section, place);
        if (section.sh_type != SHT_NOBITS && section.sh_offset + section.sh_size > end)
            end = section.sh_offset + section.sh_size;
    }
    self->offset = end;
}

static void open_self(struct self *self)
{
    ssize_t length = readlink("/proc/self/exe", self->path, sizeof self->path - 1);
    self->descriptor = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
    if (length < 0 || self->descriptor < 0)
        stop(self, "/proc/self/exe cannot be read: %s (is /proc mounted?)", strerror(errno));
    find_image(self);
}

/* The root of the digests in the file; 0 when nobody has put one there. */
static int find_root(unsigned char root[SHA256_SIZE])
{
    int is_there = 0;
    for (int index = 0; index < SHA256_SIZE; index++) {
        root[index] = sha256_root[index];
        is_there |= root[index];
    }
    return is_there;
}

static void open_image(struct self *self)
{
    unsigned char root[SHA256_SIZE];
    self->image = image_open(self->descriptor, self->offset, find_root(root) ? root : NULL);
    if (!self->image)
        stop(self, errno == ENOTSUP ? "its image is not compressed with zstd" : "it is damaged");
}

static void show(const volatile char *text, size_t size)
{
    for (size_t index = 0; index < size && text[index]; index++)
        putchar(text[index]);
    putchar('\n');
}

static void compute_root(struct self *self, unsigned char root[SHA256_SIZE])
{
    uint64_t length = image_length(self->image);
    if (digests_compute(self->descriptor, self->offset, length, root))
        stop(self, "it is damaged");
}

static int verify(struct self *self)
{
    unsigned char wanted[SHA256_SIZE], found[SHA256_SIZE];
    open_image(self);
    compute_root(self, found);
    if (!find_root(wanted))
        stop(self, "it carries no SHA-256");
    if (memcmp(wanted, found, sizeof found))
        stop(self, "it is damaged: its SHA-256 differs");
    puts("the image is as it was made");
    return 0;
}

/* Whether nobody but us, or root, decides what is in it. */
static int is_safe(const struct stat *folder)
{
    return S_ISDIR(folder->st_mode) && !(folder->st_mode & S_IWOTH) &&
           (folder->st_uid == geteuid() || folder->st_uid == 0);
}

static int extract(struct self *self, const char *pattern)
{
    static const char folder[] = "squashfs-root";
    struct stat found;
    open_image(self);
    if (mkdir(folder, 0755) && errno != EEXIST)
        stop(self, "%s cannot be made: %s", folder, strerror(errno));
    int descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (descriptor >= 0 && (fstat(descriptor, &found) || !is_safe(&found)))
        stop(self, "%s belongs to another user, or others may write to it: remove it", folder);
    long written = descriptor < 0 ? -errno : extract_into(self->image, descriptor, pattern);
    if (written < 0)
        stop(self, "it cannot be unpacked into %s: %s", folder, strerror((int)-written));
    if (pattern && !written)
        stop(self, "nothing in it matches %s", pattern);
    puts(folder);
    return 0;
}

static void beside(const struct self *self, const char *ending, char *path, size_t size)
{
    if (snprintf(path, size, "%s.%s", self->path, ending) >= (int)size)
        stop(self, "its path is too long");
}

/* Beside a file in /tmp or on a share, a folder or a link may be anybody's. */
static int is_own_folder(const char *path)
{
    struct stat itself, target;
    return !lstat(path, &itself) && !stat(path, &target) && is_safe(&target) &&
           (itself.st_uid == geteuid() || itself.st_uid == 0);
}

static int make_portable(const struct self *self, const char *ending)
{
    char path[PATH_MAX];
    beside(self, ending, path, sizeof path);
    if (mkdir(path, 0700) && errno != EEXIST)
        stop(self, "%s cannot be made: %s", path, strerror(errno));
    if (!is_own_folder(path))
        stop(self, "%s is no folder of yours alone: remove it", path);
    puts(path);
    return 0;
}

static void use_portable(const struct self *self, const char *ending, const char *variable)
{
    char path[PATH_MAX];
    beside(self, ending, path, sizeof path);
    if (is_own_folder(path))
        setenv(variable, path, 1);
}

static _Noreturn void run(const struct self *self, const char *folder, char **words)
{
    char path[PATH_MAX];
    setenv("APPDIR", folder, 1);
    setenv("APPIMAGE", self->path, 1);
    setenv("ARGV0", words[0], 1);
    if (getcwd(path, sizeof path))
        setenv("OWD", path, 1);
    use_portable(self, "home", "HOME");
    use_portable(self, "config", "XDG_CONFIG_HOME");
    if (snprintf(path, sizeof path, "%s/AppRun", folder) < (int)sizeof path)
        execv(path, words);
    stop(self, "its AppRun cannot be started: %s", strerror(errno));
}

static int mount_only(struct self *self)
{
    char folder[PATH_MAX];
    open_image(self);
    if (mount_image(self->image, &self->descriptor, self->path, folder, sizeof folder))
        stop(self, "it cannot be mounted: FUSE is not there (install fuse3), "
                   "or use --appimage-extract");
    puts(folder);
    fflush(stdout);
    for (;;)
        pause();
}

/* The name of its copy: the root of its digests, which is computed where none is carried. */
static void find_name(struct self *self, unsigned char root[SHA256_SIZE])
{
    if (!find_root(root))
        compute_root(self, root);
}

static int remove_own_copy(struct self *self)
{
    unsigned char root[SHA256_SIZE];
    open_image(self);
    find_name(self, root);
    if (remove_cached(root))
        stop(self, "its copy is in use: end what runs from it");
    return 0;
}

static _Noreturn void start(struct self *self, char **words, int is_unpacked)
{
    char folder[PATH_MAX];
    unsigned char root[SHA256_SIZE];
    open_image(self);
    if (!is_unpacked &&
        !mount_image(self->image, &self->descriptor, self->path, folder, sizeof folder))
        run(self, folder, words);
    find_name(self, root);
    const char *wrong = cached_copy(self->image, root, folder, sizeof folder);
    if (wrong)
        stop(self, "%s", wrong);
    run(self, folder, words);
}

static int is_same(const char *word, const char *option)
{
    return !strcmp(word, option);
}

static int answer(struct self *self, const char *option, const char *value)
{
    if (is_same(option, "--appimage-offset"))
        return printf("%llu\n", (unsigned long long)self->offset) < 0;
    if (is_same(option, "--appimage-version"))
        return puts("Millennium for Python, AppImage runtime " RUNTIME_VERSION) < 0;
    if (is_same(option, "--appimage-help"))
        return fputs(HELP, stdout) < 0;
    if (is_same(option, "--appimage-notices"))
        return fputs(NOTICES, stdout) < 0;
    if (is_same(option, "--appimage-extract"))
        return extract(self, value);
    if (is_same(option, "--appimage-mount"))
        return mount_only(self);
    if (is_same(option, "--appimage-verify"))
        return verify(self);
    if (is_same(option, "--appimage-remove-copy"))
        return remove_own_copy(self);
    if (is_same(option, "--appimage-portable-home"))
        return make_portable(self, "home");
    if (is_same(option, "--appimage-portable-config"))
        return make_portable(self, "config");
    if (is_same(option, "--appimage-signature"))
        show(signature, sizeof signature);
    else if (is_same(option, "--appimage-updateinformation") ||
             is_same(option, "--appimage-updateinfo"))
        show(update_information, sizeof update_information);
    else
        stop(self, "%s is not an option; see --appimage-help", option);
    return 0;
}

int main(int count, char **words)
{
    static struct self self;
    static const char prefix[] = "--appimage-";
    if (count < 1)
        return CANNOT_RUN;
    open_self(&self);
    const char *wish = getenv("APPIMAGE_EXTRACT_AND_RUN");
    int is_unpacked = wish && *wish;
    if (count > 1 && is_same(words[1], "--appimage-extract-and-run")) {
        words[1] = words[0];
        start(&self, words + 1, 1);
    }
    if (count > 1 && !strncmp(words[1], prefix, sizeof prefix - 1))
        return answer(&self, words[1], count > 2 ? words[2] : NULL);
    start(&self, words, is_unpacked);
}
