//! What a chip does when the kernel panics, which it does not: the tests look into the linked image.

#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    loop {
        core::hint::spin_loop();
    }
}
