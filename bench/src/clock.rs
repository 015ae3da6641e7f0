//! Time on the processor: the operating system's, or what Node.js tells of its process.

#[cfg(not(target_arch = "wasm32"))]
pub use cpu_time::ProcessTime;

#[cfg(target_arch = "wasm32")]
pub use node::ProcessTime;

#[cfg(target_arch = "wasm32")]
mod node {
    use std::time::Duration;

    use wasm_bindgen::prelude::*;

    #[wasm_bindgen]
    extern "C" {
        /// Microseconds since the process began.
        type Usage;
        #[wasm_bindgen(method, getter)]
        fn user(this: &Usage) -> f64;
        #[wasm_bindgen(method, getter)]
        fn system(this: &Usage) -> f64;
        #[wasm_bindgen(js_namespace = process, js_name = cpuUsage)]
        fn cpu_usage() -> Usage;
    }

    /// In microseconds.
    pub struct ProcessTime(f64);

    impl ProcessTime {
        pub fn now() -> Self {
            let usage = cpu_usage();
            Self(usage.user() + usage.system())
        }

        pub fn elapsed(&self) -> Duration {
            Duration::from_secs_f64((Self::now().0 - self.0) / 1e6)
        }
    }
}
