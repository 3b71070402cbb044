#define _GNU_SOURCE
#include "background.h"

#include "cache.h"
#include "fuse.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { HIGH_DESCRIPTOR = 64 };

/* What the process that serves a mount keeps. */
struct server {
    struct image *image;
    int file; /* that the image is read from */
    int keep; /* end of the pipe whose other end the app holds */
    const char *folder;
};

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

/* Move a descriptor to a number at or above another, so that the kept ones are in order. */
static int move_up(int *descriptor, int above)
{
    int moved = fcntl(*descriptor, F_DUPFD_CLOEXEC, above);
    if (moved < 0)
        return -1;
    close(*descriptor);
    *descriptor = moved;
    return 0;
}

static _Noreturn void serve(const struct server *self, int descriptor)
{
    const int ignored[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGPIPE, SIGTSTP};
    const int kept[] = {self->file, self->keep, descriptor};
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
    fuse_serve(self->image, descriptor, self->keep, self->folder);
    _exit(0);
}

/* Make a folder to mount at. 0, or -1. */
static int make_mount_folder(const char *name, char *folder, size_t size)
{
    int length = snprintf(folder, size, "%s/.mount_%sXXXXXX", temporary_folder(), name);
    return length < (int)size && mkdtemp(folder) ? 0 : -1;
}

/* Leave a process that serves the mount and is nobody's child. 0, or -1. */
static int start_server(const struct server *self, int descriptor)
{
    int status = 1;
    pid_t between = fork();
    if (!between) {
        pid_t server = fork();
        if (!server)
            serve(self, descriptor);
        _exit(server < 0);
    }
    while (between > 0 && waitpid(between, &status, 0) < 0 && errno == EINTR)
        ;
    return between > 0 && status == 0 ? 0 : -1;
}

static int mount_and_serve(const struct server *self, const char *name)
{
    int descriptor = fuse_mount(self->folder, name);
    if (descriptor < 0)
        return -1;
    /* Above the other two, so that the server finds all it keeps in order. */
    if (!move_up(&descriptor, self->keep + 1) && !start_server(self, descriptor)) {
        close(descriptor);
        return 0;
    }
    close(descriptor);
    fuse_unmount(self->folder);
    return -1;
}

/* Nothing may end us between the mount and its server, and a caller that ignores the end of its
 * children must not keep us from seeing that of ours. */
static int mount_undisturbed(const struct server *self, const char *name)
{
    struct sigaction usual = {.sa_handler = SIG_DFL}, children;
    sigset_t all, before;
    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, &before);
    sigaction(SIGCHLD, &usual, &children);
    int failed = mount_and_serve(self, name);
    sigaction(SIGCHLD, &children, NULL);
    sigprocmask(SIG_SETMASK, &before, NULL);
    return failed;
}

int mount_image(struct image *image, int *file, const char *path, char *folder, size_t size)
{
    const char *name = strrchr(path, '/') + 1;
    char plain[17] = {0};
    for (size_t index = 0; index < sizeof plain - 1 && name[index]; index++)
        plain[index] = strchr(",=\\ ", name[index]) || name[index] < ' ' ? '_' : name[index];
    int keep[2];
    if (pipe2(keep, O_CLOEXEC))
        return -1;
    int failed = move_up(file, HIGH_DESCRIPTOR);
    image_descriptor(image, *file);
    if (!failed)
        failed = move_up(&keep[0], *file + 1);
    if (!failed)
        failed = make_mount_folder(plain, folder, size);
    if (!failed) {
        struct server server = {image, *file, keep[0], folder};
        failed = mount_undisturbed(&server, plain);
        if (failed)
            rmdir(folder);
    }
    close(keep[0]);
    if (failed)
        close(keep[1]);
    else
        fcntl(keep[1], F_SETFD, 0); /* the app and its children inherit this end */
    return failed;
}
