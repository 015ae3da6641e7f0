//! Waiting for the device.

use std::future::poll_fn;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Poll, Waker};

/// Runs a future of this crate to its end on the calling thread, which sleeps meanwhile.
///
/// Not on wasm32, where a page must not block: await there.
#[cfg(not(target_arch = "wasm32"))]
pub fn block_on<F: Future>(future: F) -> F::Output {
    struct Unpark(std::thread::Thread);
    impl std::task::Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }
    let waker = Arc::new(Unpark(std::thread::current())).into();
    let mut task = std::task::Context::from_waker(&waker);
    let mut future = std::pin::pin!(future);
    loop {
        match future.as_mut().poll(&mut task) {
            Poll::Ready(output) => return output,
            Poll::Pending => std::thread::park(),
        }
    }
}

/// What a callback will say once, and who waits for it.
struct Slot<T> {
    value: Option<T>,
    waker: Option<Waker>,
}

/// A function to be called once, and a future of what it is called with.
pub(crate) fn callback<T: Send + 'static>() -> (impl FnOnce(T) + Send + 'static, impl Future<Output = T>) {
    let here = Arc::new(Mutex::new(Slot { value: None, waker: None }));
    let there = Arc::clone(&here);
    let call = move |value| {
        let mut slot = there.lock().unwrap_or_else(PoisonError::into_inner);
        slot.value = Some(value);
        if let Some(waker) = slot.waker.take() {
            waker.wake();
        }
    };
    let called = poll_fn(move |task| {
        let mut slot = here.lock().unwrap_or_else(PoisonError::into_inner);
        match slot.value.take() {
            Some(value) => Poll::Ready(value),
            None => {
                slot.waker = Some(task.waker().clone());
                Poll::Pending
            }
        }
    });
    (call, called)
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;

    #[test]
    fn what_another_thread_calls_with_arrives() {
        let (call, called) = callback();
        let thread = std::thread::spawn(move || call(7));
        assert_eq!(block_on(called), 7);
        thread.join().unwrap();
    }
}
