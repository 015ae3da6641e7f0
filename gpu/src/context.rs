//! Adapters and devices.

use crate::error::Error;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

/// The most storage buffers that a shader of this crate binds; WebGPU guarantees 8.
const STORAGE_BUFFERS: u32 = 8;
/// The most invocations of a workgroup; WebGPU guarantees 256.
const INVOCATIONS: u32 = 256;

/// Which of several adapters to take.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Preference {
    /// A card of its own before one that shares the processor's memory; a driver that computes on the processor last.
    #[default]
    HighPerformance,
    /// An adapter that shares the processor's memory before a card of its own.
    LowPower,
    /// Only a driver that computes on the processor.
    Software,
}

/// How to choose an adapter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// Which of those that fit.
    pub preference: Preference,
    /// A part of the adapter's line in the list (its name, say, or `vulkan`), whatever the case; `None` takes any.
    pub name: Option<String>,
    /// Keeps from subgroup operations where the adapter has them, as if it had none.
    pub without_subgroups: bool,
}

/// One adapter of this machine, or the browser's. Its [`Display`](fmt::Display) is one line with all of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Adapter {
    /// What the driver calls it; a browser may not say.
    pub name: String,
    /// The interface it is reached through: `vulkan`, `metal`, `dx12`, `gl` or `webgpu`.
    pub backend: &'static str,
    /// `discrete GPU`, `integrated GPU`, `virtual GPU`, `software` or `unknown kind`.
    pub kind: &'static str,
    /// The driver and its version; a browser does not say.
    pub driver: String,
}

impl Adapter {
    fn new(info: &wgpu::AdapterInfo) -> Self {
        let text = |text: &str, none: &str| if text.trim().is_empty() { none.into() } else { text.trim().to_owned() };
        Self {
            name: text(&info.name, "unnamed adapter"),
            backend: match info.backend {
                wgpu::Backend::Vulkan => "vulkan",
                wgpu::Backend::Metal => "metal",
                wgpu::Backend::Dx12 => "dx12",
                wgpu::Backend::Gl => "gl",
                wgpu::Backend::BrowserWebGpu => "webgpu",
                wgpu::Backend::Noop => "none",
            },
            kind: match info.device_type {
                wgpu::DeviceType::DiscreteGpu => "discrete GPU",
                wgpu::DeviceType::IntegratedGpu => "integrated GPU",
                wgpu::DeviceType::VirtualGpu => "virtual GPU",
                wgpu::DeviceType::Cpu => "software",
                wgpu::DeviceType::Other => "unknown kind",
            },
            driver: text(&format!("{} {}", info.driver, info.driver_info), "unnamed driver"),
        }
    }
}

impl fmt::Display for Adapter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({}, {}, {})", self.name, self.backend, self.kind, self.driver)
    }
}

/// What a device takes at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of one array.
    pub buffer_bytes: u64,
    /// Workgroups along one dimension of a dispatch.
    pub workgroups: u32,
    /// Invocations of a workgroup.
    pub invocations: u32,
    /// Bytes that a workgroup shares.
    pub workgroup_bytes: u32,
}

impl Limits {
    fn new(limits: &wgpu::Limits) -> Self {
        Self {
            buffer_bytes: limits.max_buffer_size.min(limits.max_storage_buffer_binding_size),
            workgroups: limits.max_compute_workgroups_per_dimension,
            invocations: limits.max_compute_invocations_per_workgroup,
            workgroup_bytes: limits.max_compute_workgroup_storage_size,
        }
    }
}

/// Workgroups along both dimensions of a dispatch.
pub(crate) type Grid = [u32; 2];

/// Whether the shaders of this crate run on an adapter.
fn computes(adapter: &wgpu::Adapter) -> bool {
    let limits = adapter.limits();
    adapter.get_downlevel_capabilities().flags.contains(wgpu::DownlevelFlags::COMPUTE_SHADERS)
        && limits.max_storage_buffers_per_shader_stage >= STORAGE_BUFFERS
        && limits.max_compute_invocations_per_workgroup >= INVOCATIONS
        && limits.max_compute_workgroup_size_x >= INVOCATIONS
}

/// What is asked for adapters, in turn: GL only where nothing else fits, because it is the slowest to say no.
const INTERFACES: &[wgpu::Backends] = if cfg!(target_arch = "wasm32") {
    &[wgpu::Backends::BROWSER_WEBGPU]
} else {
    &[wgpu::Backends::PRIMARY, wgpu::Backends::GL]
};

/// The adapters of some interfaces, best first; a browser shows one at most, the one it thinks fit.
async fn find(backends: wgpu::Backends, preference: Preference) -> Vec<wgpu::Adapter> {
    let instance = wgpu::Instance::new(wgpu::InstanceDescriptor {
        backends,
        ..wgpu::InstanceDescriptor::new_without_display_handle()
    });
    if cfg!(target_arch = "wasm32") {
        let options = wgpu::RequestAdapterOptions {
            power_preference: match preference {
                Preference::LowPower => wgpu::PowerPreference::LowPower,
                _ => wgpu::PowerPreference::HighPerformance,
            },
            force_fallback_adapter: preference == Preference::Software,
            ..Default::default()
        };
        return instance.request_adapter(&options).await.into_iter().collect();
    }
    let mut adapters = instance.enumerate_adapters(backends).await;
    adapters.retain(|adapter| {
        preference != Preference::Software || adapter.get_info().device_type == wgpu::DeviceType::Cpu
    });
    adapters.sort_by_key(|adapter| rank(adapter.get_info().device_type, preference));
    adapters
}

/// The order of preference: lowest first.
fn rank(kind: wgpu::DeviceType, preference: Preference) -> u8 {
    match (kind, preference) {
        (wgpu::DeviceType::IntegratedGpu, Preference::LowPower) => 0,
        (wgpu::DeviceType::DiscreteGpu, _) => 1,
        (wgpu::DeviceType::IntegratedGpu, _) => 2,
        (wgpu::DeviceType::VirtualGpu, _) => 3,
        (wgpu::DeviceType::Other, _) => 4,
        (wgpu::DeviceType::Cpu, _) => 5,
    }
}

/// The adapters of this machine, those of each interface best first; in a browser one at most.
pub async fn adapters() -> Vec<Adapter> {
    let mut all = Vec::new();
    for &backends in INTERFACES {
        let found = find(backends, Preference::default()).await;
        all.extend(found.iter().map(|adapter| Adapter::new(&adapter.get_info())));
    }
    all
}

/// One device, its queue and its limits. Clones share the device.
#[derive(Clone, Debug)]
pub struct Context {
    pub(crate) device: wgpu::Device,
    pub(crate) queue: wgpu::Queue,
    adapter: Adapter,
    limits: Limits,
    subgroups: bool,
    lost: Arc<Mutex<Option<String>>>,
}

impl Context {
    /// Opens the best adapter that fits, with the limits that it has.
    ///
    /// # Errors
    /// [`Error::NoAdapter`], [`Error::NoDevice`].
    pub async fn new(options: &Options) -> Result<Self, Error> {
        let wanted = options.name.as_ref().map(|name| name.to_lowercase());
        let mut lines = Vec::new();
        for &backends in INTERFACES {
            for adapter in find(backends, options.preference).await {
                let listed = Adapter::new(&adapter.get_info());
                let line = listed.to_string();
                let named = wanted.as_ref().is_none_or(|wanted| line.to_lowercase().contains(wanted));
                if named && computes(&adapter) {
                    return Self::open(&adapter, listed, options).await;
                }
                lines.push(line);
            }
        }
        Err(Error::NoAdapter { wanted: options.name.clone(), found: lines })
    }

    async fn open(adapter: &wgpu::Adapter, listed: Adapter, options: &Options) -> Result<Self, Error> {
        let wanted = if options.without_subgroups { wgpu::Features::empty() } else { wgpu::Features::SUBGROUP };
        let descriptor = wgpu::DeviceDescriptor {
            label: Some("habit"),
            required_features: adapter.features() & wanted,
            required_limits: adapter.limits(),
            ..Default::default()
        };
        let (device, queue) =
            adapter.request_device(&descriptor).await.map_err(|error| Error::NoDevice(error.to_string()))?;
        let lost = Arc::new(Mutex::new(None));
        let reason = Arc::clone(&lost);
        device.set_device_lost_callback(move |_, message| {
            *reason.lock().unwrap_or_else(PoisonError::into_inner) = Some(message);
        });
        let limits = Limits::new(&device.limits());
        let subgroups = device.features().contains(wgpu::Features::SUBGROUP);
        Ok(Self { device, queue, adapter: listed, limits, subgroups, lost })
    }

    /// The adapter that was chosen.
    pub const fn adapter(&self) -> &Adapter {
        &self.adapter
    }

    /// What its device takes at once.
    pub const fn limits(&self) -> Limits {
        self.limits
    }

    /// Whether its shaders use subgroup operations. Not in a browser: `wgpu` does not reach them there.
    pub const fn subgroups(&self) -> bool {
        self.subgroups
    }

    /// The same device, as if it dispatched no more than these along one dimension.
    #[cfg(all(test, not(target_arch = "wasm32")))]
    pub(crate) fn with_workgroups(mut self, workgroups: u32) -> Self {
        self.limits.workgroups = workgroups;
        self
    }

    /// Why the device was lost, if it was.
    pub(crate) fn lost(&self) -> Option<Error> {
        // A device tells of its loss when it is polled; a browser does so by itself.
        let _ = self.device.poll(wgpu::PollType::Poll);
        self.lost.lock().unwrap_or_else(PoisonError::into_inner).clone().map(Error::Lost)
    }

    /// The bytes of an array of `steps * lanes` entries, if they fit the device.
    pub(crate) fn bytes(&self, steps: usize, lanes: usize, entry: u64) -> Result<u64, Error> {
        let limit = self.limits.buffer_bytes;
        let asked = (steps as u64).saturating_mul(lanes as u64).saturating_mul(entry);
        match asked {
            0 => Err(Error::Empty),
            _ if asked > limit => Err(Error::TooLarge { what: "bytes in one array", asked, limit }),
            _ => Ok(asked),
        }
    }

    /// A grid of at least `count` workgroups, if the device dispatches that many. Number `y * width + x` is that of a
    /// workgroup; the last row may be too long.
    pub(crate) fn grid(&self, count: usize) -> Result<Grid, Error> {
        let (count, side) = (count as u64, u64::from(self.limits.workgroups));
        if count > side * side {
            return Err(Error::TooLarge { what: "workgroups", asked: count, limit: side * side });
        }
        let width = count.min(side).max(1);
        Ok([width as u32, count.div_ceil(width) as u32])
    }

    /// How many workgroups of `width` invocations serve `count`, if the device dispatches that many.
    pub(crate) fn workgroups(&self, count: usize, width: u32) -> Result<u32, Error> {
        let (asked, limit) = ((count as u64).div_ceil(u64::from(width)), self.limits.workgroups);
        match u32::try_from(asked) {
            Ok(asked) if asked <= limit => Ok(asked),
            _ => Err(Error::TooLarge { what: "workgroups", asked, limit: u64::from(limit) }),
        }
    }
}
