// What the C library has for its allocator's keeping of freed memory, and Swift's module of it has not. Each does nothing
// where the C library has no such thing.

#include <stdlib.h>
#if defined(__GLIBC__)
#include <malloc.h>
#endif

static inline void shim_limit_arenas(int count) {
#if defined(__GLIBC__)
    mallopt(M_ARENA_MAX, count);
#endif
}

static inline void shim_trim(void) {
#if defined(__GLIBC__)
    malloc_trim(0);
#endif
}
