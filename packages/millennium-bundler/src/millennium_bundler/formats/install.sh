#!/bin/sh
# Installs what lies beside this script, or removes it again.
#
#   ./install.sh                     into ~/.local, or /usr/local for root
#   ./install.sh --prefix /opt/x     into another folder
#   ./install.sh --uninstall         remove what was installed
set -eu

binary='@BINARY@'
identifier='@IDENTIFIER@'
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
action=install
if [ "$(id -u)" = 0 ]; then prefix=/usr/local; else prefix=${HOME:?HOME is not set}/.local; fi

fail() {
    printf 'install.sh: %s\n' "$1" >&2
    exit 1
}

while [ $# -gt 0 ]; do
    case $1 in
        --prefix) [ $# -ge 2 ] || fail '--prefix needs a folder'; prefix=$2; shift 2 ;;
        --prefix=*) prefix=${1#--prefix=}; shift ;;
        --uninstall) action=remove; shift ;;
        -h | --help) sed -n '2,6s/^# \{0,1\}//p' "$0"; exit 0 ;;
        *) fail "unknown option $1; see --help" ;;
    esac
done
case $prefix in
    /*) ;;
    *) fail "the prefix must be an absolute path: $prefix" ;;
esac
# Neither a line of the menu's file nor a word of its command may end within the path.
case $prefix in
    *[\"\`\$\\]*) fail "the prefix must not hold any of \" \` \$ \\: $prefix" ;;
esac
[ "$(printf '%s' "$prefix" | LC_ALL=C tr -d '[:cntrl:]')" = "$prefix" ] ||
    fail 'the prefix must not hold control characters'
list=$prefix/share/$identifier/installed-files

guard() {
    # Reads paths below the prefix. In a folder of another user, or of everybody, a link, or a list of that
    # user's, leads what root writes and removes anywhere.
    [ "$(id -u)" = 0 ] || return 0
    sed 's|/[^/]*$||' |
        awk -F/ '{ path = ""; for (i = 1; i <= NF; i++) { path = path "/" $i; if (!seen[path]++) print path } }' |
        while IFS= read -r path; do roots_own "$prefix$path" -perm -0002; done
}

guard_above() {
    folder=$1
    while [ "$folder" != / ]; do
        roots_own "$folder" -perm -0002 ! -perm -1000
        folder=$(dirname -- "$folder")
    done
}

roots_own() {
    # The rest says of a folder that anybody may write in it.
    place=$1
    shift
    [ -n "$(find -H "$place" -prune \( ! -user 0 -o -type d "$@" \) 2>/dev/null)" ] || return 0
    if [ -n "$(find -H "$place" -prune ! -user 0)" ]; then
        fail "$place belongs to another user than root: run this as that user"
    fi
    fail "anybody may write in $place: root installs nothing there"
}
if [ "$(id -u)" = 0 ]; then
    umask 022
    guard_above "$list"
fi

refresh() {
    # What menus and file managers have read before; where a tool is missing, they look themselves.
    refresh_in "$prefix/share/applications" update-desktop-database -q
    refresh_in "$prefix/share/mime" update-mime-database
    refresh_in "$prefix/share/icons/hicolor" gtk-update-icon-cache -q -t
}

refresh_in() {
    folder=$1
    shift
    if command -v "$1" >/dev/null 2>&1 && [ -d "$folder" ]; then
        "$@" "$folder" >/dev/null 2>&1 || true
    fi
}

remove() {
    [ -f "$list" ] || fail "$binary is not installed in $prefix"
    guard <"$list"
    while IFS= read -r path; do
        case $path in
            .. | ../* | */.. | */../* | /* | '') fail "the list of files is damaged: $list" ;;
        esac
        rm -f -- "$prefix/$path"
    done <"$list"
    # Folders that are empty now, the deepest first; those that others use stay.
    sort -r "$list" | while IFS= read -r path; do
        folder=$(dirname -- "$path")
        while [ "$folder" != . ]; do
            rmdir -- "$prefix/$folder" 2>/dev/null || break
            folder=$(dirname -- "$folder")
        done
    done
    rm -f -- "$list"
    rmdir -- "$prefix/share/$identifier" 2>/dev/null || true
    refresh
}

if [ "$action" = remove ]; then
    remove
    printf '%s was removed from %s\n' "$binary" "$prefix"
    exit 0
fi

cd "$here"
sha256sum --check --quiet SHA256SUMS || fail 'a file is damaged; nothing was installed'
new() { find usr ! -type d | LC_ALL=C sort | sed 's|^usr/||'; }
new | guard
if [ -f "$list" ]; then remove; fi
new | while IFS= read -r path; do mkdir -p "$prefix/$(dirname -- "$path")"; done
mkdir -p "$prefix/share/$identifier"
# Once more, now that they are all there: what was missing before, somebody may have made.
{ new; printf 'share/%s/installed-files\n' "$identifier"; } | guard
new >"$list.new"
mv -- "$list.new" "$list"
while IFS= read -r path; do
    rm -f -- "$prefix/$path"
    cp -P -p -- "usr/$path" "$prefix/$path"
    # Whoever unpacked the archive must not own what root installs.
    if [ "$(id -u)" = 0 ]; then chown -h 0:0 -- "$prefix/$path"; fi
done <"$list"
# The menu must find the program where it is now, whatever the PATH of the desktop says.
desktop=$prefix/share/applications/$identifier.desktop
if [ -f "$desktop" ]; then
    awk -v command="$prefix/bin/$binary" -v binary="$binary" '
        index($0, "Exec=" binary) == 1 {
            rest = substr($0, length("Exec=" binary) + 1)
            gsub(/%/, "%%", command)
            print "Exec=\"" command "\"" rest
            next
        }
        { print }' "$desktop" >"$desktop.new"
    mv -- "$desktop.new" "$desktop"
fi
refresh
printf '%s is installed in %s\n' "$binary" "$prefix"
case :${PATH:-}: in
    *:"$prefix/bin":*) ;;
    *) printf 'note: %s is not on your PATH\n' "$prefix/bin" ;;
esac
