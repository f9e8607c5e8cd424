//! What is asked of the allocator: how much is held after something was made, and the most while it was.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// Whether something is being measured: else nothing is counted, so that times are those of the system's allocator.
static COUNTS: AtomicBool = AtomicBool::new(false);
static HELD: AtomicUsize = AtomicUsize::new(0);
static MOST: AtomicUsize = AtomicUsize::new(0);

/// The system's allocator, counting. Register it where memory is measured: `#[global_allocator]`.
#[derive(Debug)]
pub struct Counting;

// SAFETY: everything is handed to the system's allocator as it came.
#[expect(unsafe_code, reason = "an allocator cannot be written without")]
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if COUNTS.load(Ordering::Relaxed) {
            let held = HELD.fetch_add(layout.size(), Ordering::Relaxed) + layout.size();
            MOST.fetch_max(held, Ordering::Relaxed);
        }
        // SAFETY: as the caller promises.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        if COUNTS.load(Ordering::Relaxed) {
            HELD.fetch_sub(layout.size(), Ordering::Relaxed);
        }
        // SAFETY: as the caller promises.
        unsafe { System.dealloc(pointer, layout) }
    }
}

/// What is made, the kilobytes that it holds, and the most that were held besides while it was made.
pub fn measured<T>(make: impl FnOnce() -> T) -> (T, usize, usize) {
    // Room for what was made before and is given back meanwhile.
    let before = usize::MAX / 2;
    HELD.store(before, Ordering::Relaxed);
    MOST.store(before, Ordering::Relaxed);
    COUNTS.store(true, Ordering::Relaxed);
    let made = make();
    COUNTS.store(false, Ordering::Relaxed);
    let above = |bytes: usize| bytes.saturating_sub(before) / 1000;
    (made, above(HELD.load(Ordering::Relaxed)), above(MOST.load(Ordering::Relaxed)))
}
