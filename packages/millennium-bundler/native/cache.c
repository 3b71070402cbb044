#define _GNU_SOURCE
#include "cache.h"

#include "compare.h"
#include "extract.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

enum { NAME_CHARS = 2 * SHA256_SIZE, TRIES = 3 };

static const time_t KEPT_S = 30 * 24 * 3600, LEFT_OVER_S = 24 * 3600;
static const char NAME[] = "appimage-run", ASIDE[] = ".part-";
static const int FOLDER = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;

/* Open a folder that is ours alone, made when it is not there; -1 when it is anybody else's too. */
static int open_private(const char *path)
{
    struct stat found;
    struct statvfs system;
    if (mkdir(path, 0700) && errno != EEXIST)
        return -1;
    int descriptor = open(path, FOLDER);
    if (descriptor < 0)
        return -1;
    if (!fstat(descriptor, &found) && found.st_uid == geteuid() && !(found.st_mode & 077) &&
        !fstatvfs(descriptor, &system) && !(system.f_flag & ST_NOEXEC))
        return descriptor;
    close(descriptor);
    return -1;
}

static int is_absolute(const char *path)
{
    return path && *path == '/';
}

/* Whoever owns a folder can put another in the place of what is in it. */
static int is_others(const char *path)
{
    struct stat found;
    return !stat(path, &found) && found.st_uid != geteuid() && found.st_uid != 0;
}

const char *temporary_folder(void)
{
    const char *temporary = getenv("TMPDIR");
    return is_absolute(temporary) && !is_others(temporary) ? temporary : "/tmp";
}

static int open_below(const char *parent, const char *middle, char *path, size_t size)
{
    char above[4096];
    if (snprintf(above, sizeof above, "%s%s", parent, middle) >= (int)sizeof above ||
        snprintf(path, size, "%s/%s", above, NAME) >= (int)size)
        return -1;
    if (is_others(parent) || is_others(above))
        return -1; /* sudo keeps the HOME of whoever called it */
    mkdir(above, 0700);
    return open_private(path);
}

static int open_cache(char *path, size_t size)
{
    const char *cache = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
    int descriptor = -1;
    if (is_absolute(cache))
        descriptor = open_below(cache, "", path, size);
    if (descriptor < 0 && is_absolute(home))
        descriptor = open_below(home, "/.cache", path, size);
    if (descriptor >= 0)
        return descriptor;
    int length = snprintf(path, size, "%s/%s-%u", temporary_folder(), NAME, (unsigned)geteuid());
    return length < (int)size ? open_private(path) : -1;
}

/* A whole copy, locked against removal for as long as this process and its children live. */
static int open_copy(int cache, const char *name)
{
    struct stat found, now;
    int descriptor = openat(cache, name, FOLDER & ~O_CLOEXEC);
    if (descriptor < 0)
        return -1;
    /* Looked at again under the lock: whoever removes old copies may have been there between. */
    if (!flock(descriptor, LOCK_SH) && !fstat(descriptor, &found) &&
        !fstatat(cache, name, &now, AT_SYMLINK_NOFOLLOW) && now.st_ino == found.st_ino &&
        found.st_uid == geteuid() && !(found.st_mode & 022)) {
        futimens(descriptor, NULL);
        return descriptor;
    }
    close(descriptor);
    return -1;
}

static void name_aside(char *name, size_t size)
{
    unsigned char random[8] = {0};
    if (getrandom(random, sizeof random, 0) < 0)
        random[0] = 0; /* the process's number tells it from others that run */
    int length = snprintf(name, size, "%s%d-", ASIDE, (int)getpid());
    for (size_t index = 0; index < sizeof random; index++)
        length += snprintf(name + length, size - (size_t)length, "%02x", random[index]);
}

static int is_expired(int cache, const char *name, time_t age)
{
    struct stat found;
    return !fstatat(cache, name, &found, AT_SYMLINK_NOFOLLOW) && time(NULL) - found.st_mtime > age;
}

/* Remove a copy that nobody runs: moved aside first, so that nobody finds half of it. */
static void remove_copy(int cache, const char *name)
{
    char aside[64];
    int descriptor = openat(cache, name, FOLDER);
    if (descriptor >= 0 && !flock(descriptor, LOCK_EX | LOCK_NB)) {
        name_aside(aside, sizeof aside);
        if (!renameat(cache, name, cache, aside))
            remove_tree(cache, aside);
    }
    if (descriptor >= 0)
        close(descriptor);
}

static void remove_expired(int cache, const char *own)
{
    int descriptor = openat(cache, ".", FOLDER);
    DIR *listing = descriptor < 0 ? NULL : fdopendir(descriptor);
    struct dirent *found;
    if (!listing)
        return;
    while ((found = readdir(listing))) {
        const char *name = found->d_name;
        if (!strncmp(name, ASIDE, sizeof ASIDE - 1) && is_expired(cache, name, LEFT_OVER_S))
            remove_tree(cache, name);
        else if (strlen(name) == NAME_CHARS && strcmp(name, own) && is_expired(cache, name, KEPT_S))
            remove_copy(cache, name);
    }
    closedir(listing);
}

static const char *make_copy(struct image *image, int cache, const char *name)
{
    char aside[64];
    name_aside(aside, sizeof aside);
    if (mkdirat(cache, aside, 0700))
        return "the cache cannot be written";
    int folder = openat(cache, aside, FOLDER);
    long written = folder < 0 ? -EIO : extract_into(image, folder, NULL);
    if (folder >= 0)
        close(folder);
    /* Whoever was faster has made the same copy. */
    int failed = written < 0 || renameat(cache, aside, cache, name);
    if (failed)
        remove_tree(cache, aside);
    if (written < 0)
        return written == -EIO ? "it is damaged"
                               : "it cannot be unpacked into the cache (is the disk full?)";
    remove_expired(cache, name);
    return NULL;
}

/* Open the copy when nothing of it is missing: cleaners of /tmp take single files. */
static int open_whole(struct image *image, int cache, const char *name)
{
    int descriptor = open_copy(cache, name);
    if (descriptor < 0)
        return -1;
    if (!compare_with(image, descriptor))
        return descriptor;
    close(descriptor);
    remove_copy(cache, name);
    return -1;
}

static void name_copy(const unsigned char root[SHA256_SIZE], char name[NAME_CHARS + 1])
{
    for (int index = 0; index < SHA256_SIZE; index++)
        snprintf(name + 2 * index, 3, "%02x", root[index]);
}

const char *cached_copy(struct image *image, const unsigned char root[SHA256_SIZE], char *path,
                        size_t size)
{
    char name[NAME_CHARS + 1], folder[4096];
    name_copy(root, name);
    int cache = open_cache(folder, sizeof folder);
    if (cache < 0)
        return "there is no folder for a copy of its files that belongs to this user alone "
               "(set XDG_CACHE_HOME)";
    if (snprintf(path, size, "%s/%s", folder, name) >= (int)size)
        return "the path of the cache is too long";
    const char *wrong = NULL;
    int copy = open_whole(image, cache, name);
    for (int attempt = 0; copy < 0 && !wrong && attempt < TRIES; attempt++) {
        wrong = make_copy(image, cache, name);
        copy = wrong ? -1 : open_whole(image, cache, name);
    }
    close(cache);
    if (copy < 0 && !wrong)
        wrong = "its copy in the cache was changed, and is in use: end what runs from it";
    return wrong;
}

int remove_cached(const unsigned char root[SHA256_SIZE])
{
    char name[NAME_CHARS + 1], folder[4096];
    struct stat found;
    name_copy(root, name);
    int cache = open_cache(folder, sizeof folder);
    if (cache < 0)
        return 0;
    remove_copy(cache, name);
    int is_there = !fstatat(cache, name, &found, AT_SYMLINK_NOFOLLOW);
    close(cache);
    if (!is_there)
        rmdir(folder); /* the last one takes the folder with it */
    return is_there;
}
