/* Takes out of the environment what could load code into the app or change whom it trusts. */
#include "payload.h"

#include "environment.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

extern char **environ;

/* `entry` is NAME=VALUE. */
static int has_name(const char *entry, const char *name)
{
    size_t length = strlen(name);
    return !strncmp(entry, name, length) && entry[length] == '=';
}

static int is_one_of(const char *entry, const char *const *names)
{
    for (; *names; names++)
        if (has_name(entry, *names))
            return 1;
    return 0;
}

static const char *value_of(const char *entry)
{
    return strchr(entry, '=') + 1; /* asked of entries that have a name of ours */
}

static int has_dangerous_value(const char *entry)
{
    for (size_t i = 0; REMOVED_WITH[i][0]; i++)
        if (has_name(entry, REMOVED_WITH[i][0]) && strstr(value_of(entry), REMOVED_WITH[i][1]))
            return 1;
    for (size_t i = 0; REMOVED_UNLESS[i][0]; i++) {
        const char *folder = REMOVED_UNLESS[i][1];
        if (has_name(entry, REMOVED_UNLESS[i][0]) &&
            (strncmp(value_of(entry), folder, strlen(folder)) || strstr(value_of(entry), "..")))
            return 1;
    }
    return 0;
}

static int is_dangerous(const char *entry)
{
    if (has_dangerous_value(entry))
        return 1;
    if (is_one_of(entry, KEPT_NAMES))
        return 0;
    for (const char *const *prefix = REMOVED_PREFIXES; *prefix; prefix++)
        if (!strncmp(entry, *prefix, strlen(*prefix)))
            return 1;
    return is_one_of(entry, REMOVED_NAMES);
}

/* Whether the running file comes from a file system that is mounted at `folder`. */
static int is_own_mount(const char *folder, const char *executable)
{
    size_t length = folder ? strlen(folder) : 0;
    while (length > 1 && folder[length - 1] == '/')
        length--;
    if (length < 2 || length + sizeof "/.." > PATH_MAX || folder[0] != '/' ||
        strncmp(executable, folder, length) || executable[length] != '/')
        return 0;
    char parent[PATH_MAX];
    memcpy(parent, folder, length);
    memcpy(parent + length, "/..", sizeof "/..");
    struct stat inside, outside;
    return !stat(folder, &inside) && !stat(parent, &outside) && inside.st_dev != outside.st_dev;
}

void clean_environment(const char *executable)
{
    int is_mounted = is_own_mount(getenv("APPDIR"), executable);
    char **kept = environ;
    for (char **entry = environ; *entry; entry++) {
        int is_foreign = !is_mounted && (has_name(*entry, "APPDIR") || has_name(*entry, "APPIMAGE"));
        if (!is_dangerous(*entry) && !is_foreign)
            *kept++ = *entry;
    }
    *kept = NULL;
}
