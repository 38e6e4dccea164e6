// What Swift cannot see of its own memory: who asks malloc for some, and how much of it is given out.

#ifndef ALLOCATION_COUNTER_H
#define ALLOCATION_COUNTER_H

#include <stdint.h>

// How often this thread has asked for memory since it began; 0 where nothing can be counted.
uint64_t allocations_of_this_thread(void);

// The bytes that malloc has given out and not got back, its own overhead included; 0 where it does not say.
uint64_t allocated_bytes(void);

// Gives memory that is free back to the system, so that what is resident afterwards is in use.
void return_free_memory(void);

#endif
