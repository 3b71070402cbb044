/* The runtime of an AppImage, type 2: an ELF file with a squashfs image behind it.
 *
 * It mounts the image and becomes the app; a process beside it answers the kernel and unmounts when
 * the app and all its children have ended. Where nothing can be mounted it runs a cached copy.
 *
 * Source: https://github.com/AppImage/AppImageSpec/blob/master/draft.md
 */
#define _GNU_SOURCE
#include "cache.h"
#include "digest.h"
#include "extract.h"
#include "fuse.h"
#include "notices.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef RUNTIME_VERSION
#define RUNTIME_VERSION "development"
#endif

enum { CANNOT_RUN = 127, HIGH_DESCRIPTOR = 64 };

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
        read_self(self, &section, sizeof section, head.e_shoff + (uint64_t)index * head.e_shentsize);
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

static int extract(struct self *self, const char *pattern)
{
    static const char folder[] = "squashfs-root";
    open_image(self);
    if (mkdir(folder, 0755) && errno != EEXIST)
        stop(self, "%s cannot be made: %s", folder, strerror(errno));
    int descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
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

static int make_portable(const struct self *self, const char *ending)
{
    char path[PATH_MAX];
    beside(self, ending, path, sizeof path);
    if (mkdir(path, 0700) && errno != EEXIST)
        stop(self, "%s cannot be made: %s", path, strerror(errno));
    puts(path);
    return 0;
}

static void use_portable(const struct self *self, const char *ending, const char *variable)
{
    char path[PATH_MAX];
    struct stat found;
    beside(self, ending, path, sizeof path);
    if (!stat(path, &found) && S_ISDIR(found.st_mode))
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

/* Shut what the process that serves the mount would otherwise hold open for the app's callers. */
static void close_others(const int *kept, int count)
{
    int null = open("/dev/null", O_RDWR);
    for (int stream = 0; stream < 3; stream++)
        dup2(null, stream);
    long limit = sysconf(_SC_OPEN_MAX);
    if (limit < 0 || limit > 65536)
        limit = 65536;
    int next = 3;
    for (int index = 0; index <= count; index++) {
        int end = index < count ? kept[index] : (int)limit;
        if (end > next && syscall(SYS_close_range, next, index < count ? end - 1 : INT_MAX, 0))
            for (int descriptor = next; descriptor < end; descriptor++)
                close(descriptor);
        next = end + 1;
    }
}

/* A copy of a descriptor, at or above a number, so that the kept ones are in order. */
static int move_up(const struct self *self, int descriptor, int above)
{
    int moved = fcntl(descriptor, F_DUPFD_CLOEXEC, above);
    if (moved < 0)
        stop(self, "too many files are open");
    close(descriptor);
    return moved;
}

static _Noreturn void serve(struct self *self, int descriptor, int keep, const char *folder)
{
    const int ignored[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGPIPE, SIGTSTP};
    const int kept[] = {self->descriptor, keep, descriptor};
    sigset_t none;
    setsid();
    for (size_t index = 0; index < sizeof ignored / sizeof *ignored; index++)
        signal(ignored[index], SIG_IGN);
    signal(SIGCHLD, SIG_DFL);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    prctl(PR_SET_NAME, "appimage-mount");
    close_others(kept, 3);
    if (chdir("/"))
        _exit(1);
    fuse_serve(self->image, descriptor, keep, folder);
    _exit(0);
}

/* Make a folder to mount at. 0, or -1. */
static int make_mount_folder(const char *name, char *folder, size_t size)
{
    const char *temporary = getenv("TMPDIR");
    if (!temporary || *temporary != '/')
        temporary = "/tmp";
    int length = snprintf(folder, size, "%s/.mount_%sXXXXXX", temporary, name);
    return length < (int)size && mkdtemp(folder) ? 0 : -1;
}

/* Leave a process that serves the mount and is nobody's child. 0, or -1. */
static int start_server(struct self *self, int descriptor, int keep, const char *folder)
{
    int status = 1;
    pid_t between = fork();
    if (!between) {
        pid_t server = fork();
        if (!server)
            serve(self, descriptor, keep, folder);
        _exit(server < 0);
    }
    while (between > 0 && waitpid(between, &status, 0) < 0 && errno == EINTR)
        ;
    return between > 0 && status == 0 ? 0 : -1;
}

static int mount_and_serve(struct self *self, const char *name, const char *folder, int keep)
{
    int descriptor = fuse_mount(folder, name);
    if (descriptor < 0)
        return -1;
    /* Above the other two, so that the server finds all it keeps in order. */
    int moved = fcntl(descriptor, F_DUPFD_CLOEXEC, keep + 1);
    close(descriptor);
    if (moved >= 0 && !start_server(self, moved, keep, folder)) {
        close(moved);
        return 0;
    }
    fuse_unmount(folder);
    return -1;
}

/* Mount, and leave a process that serves the mount. 0, or -1 when FUSE is not to be had here. */
static int mount_image(struct self *self, char *folder, size_t size)
{
    const char *name = strrchr(self->path, '/') + 1;
    char plain[17] = {0};
    for (size_t index = 0; index < sizeof plain - 1 && name[index]; index++)
        plain[index] = strchr(",=\\ ", name[index]) || name[index] < ' ' ? '_' : name[index];
    int keep[2];
    if (pipe2(keep, O_CLOEXEC) || make_mount_folder(plain, folder, size))
        return -1;
    self->descriptor = move_up(self, self->descriptor, HIGH_DESCRIPTOR);
    image_descriptor(self->image, self->descriptor);
    keep[0] = move_up(self, keep[0], self->descriptor + 1);
    /* Nothing may end us between the mount and its server, and a caller that ignores the end of its
     * children must not keep us from seeing that of ours. */
    struct sigaction usual = {.sa_handler = SIG_DFL}, children;
    sigset_t all, before;
    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, &before);
    sigaction(SIGCHLD, &usual, &children);
    int failed = mount_and_serve(self, plain, folder, keep[0]);
    sigaction(SIGCHLD, &children, NULL);
    sigprocmask(SIG_SETMASK, &before, NULL);
    close(keep[0]);
    if (failed) {
        close(keep[1]);
        rmdir(folder);
        return -1;
    }
    fcntl(keep[1], F_SETFD, 0); /* the app and its children inherit this end */
    return 0;
}

static int mount_only(struct self *self)
{
    char folder[PATH_MAX];
    open_image(self);
    if (mount_image(self, folder, sizeof folder))
        stop(self, "it cannot be mounted: FUSE is not there (install fuse3), "
                   "or use --appimage-extract");
    puts(folder);
    fflush(stdout);
    for (;;)
        pause();
}

static _Noreturn void start(struct self *self, char **words, int is_unpacked)
{
    char folder[PATH_MAX];
    unsigned char root[SHA256_SIZE];
    open_image(self);
    if (!is_unpacked && !mount_image(self, folder, sizeof folder))
        run(self, folder, words);
    if (!find_root(root))
        compute_root(self, root);
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
