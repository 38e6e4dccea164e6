// Statistics of malloc, which Swift cannot read itself.

#ifndef ALLOCATION_COUNTER_H
#define ALLOCATION_COUNTER_H

#include <stdint.h>

// The number of allocations of this thread since it started; 0 if allocations cannot be counted.
uint64_t allocations_of_this_thread(void);

// The bytes that malloc has allocated and not freed, including its overhead; 0 if it does not report them.
uint64_t allocated_bytes(void);

// Returns free memory to the system, so that all resident memory is in use.
void return_free_memory(void);

#endif
