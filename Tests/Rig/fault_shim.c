// A library for LD_PRELOAD that simulates a failing disk: while the file named by RIG_FAULT exists, every write and sync
// of the database and its log fails with EIO. All other calls work as usual.

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

static int fails(int descriptor) {
    const char *fault = getenv("RIG_FAULT");
    char link[64], path[4096];
    if (!fault || access(fault, F_OK) != 0) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    return strstr(path, "accounts.db") != NULL && strstr(path, "-shm") == NULL;
}

#define REAL(name) static __typeof__(&name) real; if (!real) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)
#define FAIL_IF_ASKED(descriptor) if (fails(descriptor)) { errno = EIO; return -1; }

ssize_t write(int descriptor, const void *bytes, size_t count) {
    REAL(write);
    FAIL_IF_ASKED(descriptor)
    return real(descriptor, bytes, count);
}

ssize_t pwrite(int descriptor, const void *bytes, size_t count, off_t offset) {
    REAL(pwrite);
    FAIL_IF_ASKED(descriptor)
    return real(descriptor, bytes, count, offset);
}

ssize_t pwrite64(int descriptor, const void *bytes, size_t count, off64_t offset) {
    REAL(pwrite64);
    FAIL_IF_ASKED(descriptor)
    return real(descriptor, bytes, count, offset);
}

int fsync(int descriptor) {
    REAL(fsync);
    FAIL_IF_ASKED(descriptor)
    return real(descriptor);
}

int fdatasync(int descriptor) {
    REAL(fdatasync);
    FAIL_IF_ASKED(descriptor)
    return real(descriptor);
}
