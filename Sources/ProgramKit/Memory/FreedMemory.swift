internal import CAllocator

/// What the C library keeps of memory that this process has freed.
package enum FreedMemory {
    /// Has all threads take from two heaps. Otherwise each has one of its own, up to eight for a core (mallopt(3)), and what
    /// one of them holds free no other can use. To be called before there are threads.
    package static func limitHeaps() { shim_limit_arenas(2) }

    /// Gives back to the system what is not in use (malloc_trim(3)); it takes some milliseconds.
    package static func giveBack() { shim_trim() }
}
