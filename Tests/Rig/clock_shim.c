// A library for LD_PRELOAD that adds offsets to the clocks of a program. The file named by RIG_CLOCK contains two numbers
// of type long: the seconds that are added to the wall clock and to the boot clock. A change has an effect at once.

#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

static const volatile long *offsets(void) {
    static const long none[2];
    static const volatile long *mapped;
    if (mapped) return mapped;
    const char *path = getenv("RIG_CLOCK");
    int descriptor = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    if (descriptor < 0) return mapped = none;
    void *memory = mmap(NULL, sizeof none, PROT_READ, MAP_SHARED, descriptor, 0);
    close(descriptor);
    return mapped = memory == MAP_FAILED ? none : memory;
}

int clock_gettime(clockid_t clock, struct timespec *time) {
    static int (*real)(clockid_t, struct timespec *);
    if (!real) real = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
    int result = real(clock, time);
    if (result != 0) return result;
    if (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE) time->tv_sec += offsets()[0];
    if (clock == CLOCK_BOOTTIME) time->tv_sec += offsets()[1];
    return 0;
}
