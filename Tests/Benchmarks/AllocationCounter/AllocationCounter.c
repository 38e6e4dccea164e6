// A program's own malloc replaces the C library's in all of its libraries, including the Swift runtime (GNU C Library
// manual, "Replacing malloc"). This one counts the calls and passes them on.

#include "AllocationCounter.h"

#if defined(__linux__)
#include <features.h>
#endif

// The thread sanitizer has its own malloc.
#if defined(__GLIBC__) && !__has_feature(thread_sanitizer)

#include <errno.h>
#include <malloc.h>
#include <stddef.h>

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *memory, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);

static __thread uint64_t allocations;

void *malloc(size_t size) {
    allocations++;
    return __libc_malloc(size);
}

void *calloc(size_t count, size_t size) {
    allocations++;
    return __libc_calloc(count, size);
}

void *realloc(void *memory, size_t size) {
    allocations++;
    return __libc_realloc(memory, size);
}

void *aligned_alloc(size_t alignment, size_t size) {
    allocations++;
    return __libc_memalign(alignment, size);
}

int posix_memalign(void **memory, size_t alignment, size_t size) {
    allocations++;
    *memory = __libc_memalign(alignment, size);
    return *memory || !size ? 0 : ENOMEM;
}

uint64_t allocations_of_this_thread(void) { return allocations; }

uint64_t allocated_bytes(void) {
    struct mallinfo2 info = mallinfo2();
    return info.uordblks + info.hblkhd;
}

void return_free_memory(void) { malloc_trim(0); }

#else

uint64_t allocations_of_this_thread(void) { return 0; }
uint64_t allocated_bytes(void) { return 0; }
void return_free_memory(void) {}

#endif
