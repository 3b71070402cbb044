#define _GNU_SOURCE
#include "fuse.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { FUSERMOUNT_MS = 10000 };

/* Not looked for on the PATH: what mounts must not depend on a variable. */
static const char *const FUSERMOUNT[] = {
    "/usr/bin/fusermount3", "/bin/fusermount3", "/run/wrappers/bin/fusermount3",
    "/usr/local/bin/fusermount3", "/usr/bin/fusermount", "/bin/fusermount",
    "/run/wrappers/bin/fusermount",
};

static const char *find_fusermount(void)
{
    for (size_t index = 0; index < sizeof FUSERMOUNT / sizeof *FUSERMOUNT; index++)
        if (!access(FUSERMOUNT[index], X_OK))
            return FUSERMOUNT[index];
    return NULL;
}

/* Start fusermount with its standard streams shut; its process, or -1. */
static pid_t start(char *const *words, int channel)
{
    pid_t process = fork();
    if (process)
        return process;
    char variable[32];
    char *const environment[] = {"PATH=/usr/sbin:/usr/bin:/sbin:/bin",
                                 channel < 0 ? NULL : variable, NULL};
    snprintf(variable, sizeof variable, "_FUSE_COMMFD=%d", channel);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    int null = open("/dev/null", O_RDWR);
    for (int stream = 0; stream < 3; stream++)
        dup2(null, stream);
    execve(words[0], words, environment);
    _exit(127);
}

static int end_of(pid_t process)
{
    int status;
    while (waitpid(process, &status, 0) < 0)
        if (errno != EINTR)
            return -1;
    return WIFEXITED(status) && !WEXITSTATUS(status) ? 0 : -1;
}

/* The descriptor that comes over the socket, or -1. */
static int receive(int channel)
{
    union {
        struct cmsghdr head;
        char room[CMSG_SPACE(sizeof(int))];
    } control;
    char byte;
    struct iovec part = {&byte, 1};
    struct msghdr message = {.msg_iov = &part,
                             .msg_iovlen = 1,
                             .msg_control = &control,
                             .msg_controllen = sizeof control};
    struct pollfd wanted = {channel, POLLIN, 0};
    int descriptor = -1;
    if (poll(&wanted, 1, FUSERMOUNT_MS) <= 0 || recvmsg(channel, &message, MSG_CMSG_CLOEXEC) <= 0)
        return -1;
    struct cmsghdr *head = CMSG_FIRSTHDR(&message);
    if (head && head->cmsg_level == SOL_SOCKET && head->cmsg_type == SCM_RIGHTS &&
        head->cmsg_len == CMSG_LEN(sizeof(int)))
        memcpy(&descriptor, CMSG_DATA(head), sizeof descriptor);
    return descriptor;
}

static int mount_by_fusermount(const char *folder, const char *name)
{
    const char *program = find_fusermount();
    int channel[2];
    char options[128];
    if (!program || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, channel))
        return -1;
    snprintf(options, sizeof options, "ro,nosuid,nodev,subtype=appimage,fsname=%.64s", name);
    char *words[] = {(char *)program, "-o", options, "--", (char *)folder, NULL};
    fcntl(channel[1], F_SETFD, 0);
    pid_t process = start(words, channel[1]);
    close(channel[1]);
    int descriptor = process < 0 ? -1 : receive(channel[0]);
    close(channel[0]);
    if (process > 0) {
        if (descriptor < 0)
            kill(process, SIGTERM);
        end_of(process);
    }
    return descriptor;
}

static int mount_directly(const char *folder, const char *name)
{
    char options[96];
    int descriptor = open("/dev/fuse", O_RDWR | O_CLOEXEC);
    if (descriptor < 0)
        return -1;
    snprintf(options, sizeof options, "fd=%d,rootmode=40000,user_id=%u,group_id=%u", descriptor,
             (unsigned)getuid(), (unsigned)getgid());
    unsigned long flags = MS_RDONLY | MS_NOSUID | MS_NODEV;
    if (!mount(name, folder, "fuse.appimage", flags, options))
        return descriptor;
    close(descriptor);
    return -1;
}

int fuse_mount(const char *folder, const char *name)
{
    int descriptor = geteuid() == 0 ? mount_directly(folder, name) : -1;
    return descriptor >= 0 ? descriptor : mount_by_fusermount(folder, name);
}

int fuse_unmount(const char *folder)
{
    if (!umount2(folder, UMOUNT_NOFOLLOW) || errno == EINVAL || errno == ENOENT)
        return 0; /* done, or somebody else has done it */
    const char *program = errno == EPERM ? find_fusermount() : NULL;
    if (!program)
        return -1;
    char *words[] = {(char *)program, "-u", "--", (char *)folder, NULL};
    pid_t process = start(words, -1);
    return process < 0 ? -1 : end_of(process);
}
