// A library for LD_PRELOAD that informs the thread sanitizer about Swift's Mutex. If a thread has to wait for a Mutex on
// Linux, the kernel hands the lock over (futex(2), FUTEX_LOCK_PI) inside a library that the sanitizer does not observe.
// Without this shim, the sanitizer would report a race for everything that a contended Mutex protects.
//
// Each call is passed on unchanged. The shim adds the order: a lock is acquired after it was released.

#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdbool.h>
#include <stdint.h>

// Child processes have no sanitizer, so the symbols can be missing.
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
