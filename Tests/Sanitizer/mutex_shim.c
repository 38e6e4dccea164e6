// Loaded into a program with LD_PRELOAD, this tells the thread sanitizer of Swift's Mutex. Where a thread has to wait for
// one on Linux, the kernel passes it on (futex(2), FUTEX_LOCK_PI) inside a library that the sanitizer does not see into:
// without this, everything that a contended Mutex guards would look like a race, and nothing could be believed.
//
// A call goes on to the library as it is; what is added is that taking the lock comes after giving it back.

#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdbool.h>
#include <stdint.h>

// Programs that are started from here have no sanitizer.
__attribute__((weak)) void __tsan_acquire(void *address);
__attribute__((weak)) void __tsan_release(void *address);

// Synchronization._MutexHandle of the Swift 6 library.
#define LOCK "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"
#define TRY_LOCK "$s15Synchronization12_MutexHandleV12_tryLockSlowSbyF"
#define UNLOCK "$s15Synchronization12_MutexHandleV11_unlockSlowyyF"

#define SWIFT __attribute__((swiftcall))
#define HANDLE __attribute__((swift_context)) void *handle

SWIFT void lock_slow(uint32_t thread, HANDLE) __asm__(LOCK);
SWIFT bool try_lock_slow(HANDLE) __asm__(TRY_LOCK);
SWIFT void unlock_slow(HANDLE) __asm__(UNLOCK);

#define REAL(function, name) \
    static __typeof__(&function) real; \
    if (!real) real = (__typeof__(&function))dlsym(RTLD_NEXT, name)

SWIFT void lock_slow(uint32_t thread, HANDLE) {
    REAL(lock_slow, LOCK);
    real(thread, handle);
    if (__tsan_acquire) __tsan_acquire(handle);
}

SWIFT bool try_lock_slow(HANDLE) {
    REAL(try_lock_slow, TRY_LOCK);
    bool is_held = real(handle);
    if (is_held && __tsan_acquire) __tsan_acquire(handle);
    return is_held;
}

SWIFT void unlock_slow(HANDLE) {
    REAL(unlock_slow, UNLOCK);
    if (__tsan_release) __tsan_release(handle);
    real(handle);
}
