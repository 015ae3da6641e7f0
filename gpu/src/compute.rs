//! Pipelines, buffers and dispatches: the few steps that every computation of this crate is made of.

#[cfg(not(target_arch = "wasm32"))]
use crate::bench::Clock;
use crate::context::Context;
use crate::error::Error;
use crate::future::callback;

/// The most steps that a loop in a shader takes; longer work is divided into several dispatches. Short enough that no
/// driver takes it for a hang, and far below the 65 535 rounds after which llvmpipe leaves any loop without a word.
pub(crate) const STEPS_AT_ONCE: usize = 4096;
/// The most rounds of all loops in a shader together, those within others counted as often as they are gone through: behind
/// llvmpipe's 65 535 is one counter for all of an invocation's loops.
pub(crate) const ROUNDS_AT_ONCE: usize = 60_000;
/// The most steps of all lanes together that a dispatch takes, for the same reason.
const LANE_STEPS_AT_ONCE: usize = 1 << 25;
/// Bytes of one array from which on work is divided, so that arrays and their copies fit small devices.
pub(crate) const BYTES_AT_ONCE: u64 = 64 << 20;

/// Steps of a dispatch that steps so many lanes, at least 1.
pub(crate) fn steps_at_once(lanes: usize) -> usize {
    (LANE_STEPS_AT_ONCE / lanes).clamp(1, STEPS_AT_ONCE)
}

/// How a shader uses a storage buffer.
#[derive(Clone, Copy)]
pub(crate) enum Access {
    Read,
    Write,
}

/// One entry point, compiled. Binding 0 is the uniform with its parameters; the storage buffers follow from 1.
#[derive(Debug)]
pub(crate) struct Kernel {
    pipeline: wgpu::ComputePipeline,
    layout: wgpu::BindGroupLayout,
}

/// Collects what is to be submitted together.
pub(crate) struct Recorder<'a> {
    context: &'a Context,
    encoder: wgpu::CommandEncoder,
    dispatches: usize,
}

impl Kernel {
    /// Compiles `entry` of the concatenated `sources`.
    pub(crate) async fn new(
        context: &Context,
        sources: &[&str],
        entry: &str,
        accesses: &[Access],
    ) -> Result<Self, Error> {
        let device = &context.device;
        let buffer = |binding, ty| wgpu::BindGroupLayoutEntry {
            binding,
            visibility: wgpu::ShaderStages::COMPUTE,
            ty: wgpu::BindingType::Buffer { ty, has_dynamic_offset: false, min_binding_size: None },
            count: None,
        };
        let uniform = buffer(0, wgpu::BufferBindingType::Uniform);
        let storage = (1..).zip(accesses).map(|(binding, access)| {
            buffer(binding, wgpu::BufferBindingType::Storage { read_only: matches!(access, Access::Read) })
        });
        let entries: Vec<_> = std::iter::once(uniform).chain(storage).collect();
        let compile = || {
            let module = device.create_shader_module(wgpu::ShaderModuleDescriptor {
                label: Some(entry),
                source: wgpu::ShaderSource::Wgsl(sources.concat().into()),
            });
            let layout = device
                .create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor { label: Some(entry), entries: &entries });
            let pipeline = device.create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
                label: Some(entry),
                layout: Some(&device.create_pipeline_layout(&wgpu::PipelineLayoutDescriptor {
                    label: Some(entry),
                    bind_group_layouts: &[Some(&layout)],
                    immediate_size: 0,
                })),
                module: &module,
                entry_point: Some(entry),
                compilation_options: wgpu::PipelineCompilationOptions::default(),
                cache: None,
            });
            Self { pipeline, layout }
        };
        context.guarded(compile).await
    }
}

impl Recorder<'_> {
    fn buffer(&self, bytes: u64, usage: wgpu::BufferUsages) -> wgpu::Buffer {
        let size = bytes.max(1).next_multiple_of(4);
        let descriptor = wgpu::BufferDescriptor { label: None, size, usage, mapped_at_creation: false };
        self.context.device.create_buffer(&descriptor)
    }

    /// The parameters of a kernel.
    pub(crate) fn uniform(&self, words: &[u32]) -> wgpu::Buffer {
        let bytes: &[u8] = bytemuck::cast_slice(words);
        let usage = wgpu::BufferUsages::UNIFORM | wgpu::BufferUsages::COPY_DST;
        let buffer = self.buffer((bytes.len() as u64).next_multiple_of(16), usage);
        self.context.queue.write_buffer(&buffer, 0, bytes);
        buffer
    }

    /// An array of `bytes` bytes, all 0.
    pub(crate) fn storage(&self, bytes: u64) -> wgpu::Buffer {
        use wgpu::BufferUsages as Usage;
        self.buffer(bytes, Usage::STORAGE | Usage::COPY_SRC | Usage::COPY_DST)
    }

    /// An array that holds `bytes`, filled up to whole words with 0.
    pub(crate) fn upload(&self, bytes: &[u8]) -> wgpu::Buffer {
        let buffer = self.storage(bytes.len() as u64);
        let (words, rest) = bytes.split_at(bytes.len() & !3);
        self.context.queue.write_buffer(&buffer, 0, words);
        if !rest.is_empty() {
            let mut last = [0; 4];
            last[..rest.len()].copy_from_slice(rest);
            self.context.queue.write_buffer(&buffer, words.len() as u64, &last);
        }
        buffer
    }

    /// Fills an array with 0, after the dispatches before.
    pub(crate) fn clear(&mut self, buffer: &wgpu::Buffer) {
        self.encoder.clear_buffer(buffer, 0, None);
    }

    /// One dispatch, after those before it.
    pub(crate) fn dispatch(
        &mut self,
        kernel: &Kernel,
        uniform: &wgpu::Buffer,
        buffers: &[&wgpu::Buffer],
        [x, y]: [u32; 2],
    ) {
        let all = std::iter::once(&uniform).chain(buffers);
        let entries: Vec<_> = (0..)
            .zip(all)
            .map(|(binding, buffer)| wgpu::BindGroupEntry { binding, resource: buffer.as_entire_binding() })
            .collect();
        let group = self.context.device.create_bind_group(&wgpu::BindGroupDescriptor {
            label: None,
            layout: &kernel.layout,
            entries: &entries,
        });
        let mut pass = self.encoder.begin_compute_pass(&wgpu::ComputePassDescriptor::default());
        pass.set_pipeline(&kernel.pipeline);
        pass.set_bind_group(0, &group, &[]);
        pass.dispatch_workgroups(x, y, 1);
        self.dispatches += 1;
    }

    /// Copies one array into another of its size, after the dispatches before.
    #[cfg(not(target_arch = "wasm32"))]
    pub(crate) fn copy(&mut self, source: &wgpu::Buffer, target: &wgpu::Buffer) {
        self.encoder.copy_buffer_to_buffer(source, 0, target, 0, source.size());
    }

    /// How many dispatches have been recorded.
    #[cfg(not(target_arch = "wasm32"))]
    pub(crate) const fn dispatches(&self) -> usize {
        self.dispatches
    }
}

impl Context {
    /// Nothing recorded yet.
    pub(crate) fn recorder(&self) -> Recorder<'_> {
        let encoder = self.device.create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
        Recorder { context: self, encoder, dispatches: 0 }
    }

    /// Does `work` and says what the device has to say against it.
    async fn guarded<T>(&self, work: impl FnOnce() -> T) -> Result<T, Error> {
        use wgpu::ErrorFilter::{Internal, OutOfMemory, Validation};
        let scopes = [OutOfMemory, Internal, Validation].map(|filter| self.device.push_error_scope(filter));
        let result = work();
        // In the reverse order of their making. All are closed before the first is awaited.
        let verdicts = scopes.into_iter().rev().map(wgpu::ErrorScopeGuard::pop).collect::<Vec<_>>();
        let mut refusal = None;
        for verdict in verdicts {
            refusal = verdict.await.or(refusal);
        }
        match refusal {
            None => Ok(result),
            Some(_) if self.lost().is_some() => Err(self.lost().unwrap_or(Error::OutOfMemory)),
            Some(wgpu::Error::OutOfMemory { .. }) => Err(Error::OutOfMemory),
            Some(error) => Err(Error::Driver(error.to_string())),
        }
    }

    /// Submits what `record` records and copies the buffers it returns into `outputs`, in order. Nothing is written when
    /// anything fails.
    pub(crate) async fn run(
        &self,
        outputs: &mut [&mut [u8]],
        record: impl FnOnce(&mut Recorder<'_>) -> Vec<wgpu::Buffer>,
    ) -> Result<(), Error> {
        if let Some(error) = self.lost() {
            return Err(error);
        }
        let submit = || {
            let mut recorder = self.recorder();
            let results = record(&mut recorder);
            let staged: Vec<_> = results
                .iter()
                .map(|result| {
                    let usage = wgpu::BufferUsages::MAP_READ | wgpu::BufferUsages::COPY_DST;
                    let staging = recorder.buffer(result.size(), usage);
                    recorder.encoder.copy_buffer_to_buffer(result, 0, &staging, 0, result.size());
                    staging
                })
                .collect();
            self.queue.submit([recorder.encoder.finish()]);
            staged
        };
        let staged = self.guarded(submit).await?;
        let mapped: Vec<_> = staged
            .iter()
            .map(|buffer| {
                let (call, called) = callback();
                buffer.map_async(wgpu::MapMode::Read, .., call);
                called
            })
            .collect();
        // A browser does this by itself.
        self.wait()?;
        let failed = |reason: String| self.lost().unwrap_or(Error::Driver(reason));
        for called in mapped {
            called.await.map_err(|error| failed(error.to_string()))?;
        }
        let views = staged.iter().map(|buffer| buffer.get_mapped_range(..)).collect::<Result<Vec<_>, _>>();
        for (output, view) in outputs.iter_mut().zip(views.map_err(|error| failed(error.to_string()))?) {
            let length = output.len().min(view.len());
            output[..length].copy_from_slice(&view[..length]);
        }
        Ok(())
    }
}

impl Context {
    /// Waits until the device has done all that was submitted.
    fn wait(&self) -> Result<(), Error> {
        let waited = self.device.poll(wgpu::PollType::wait_indefinitely());
        waited.map(drop).map_err(|error| self.lost().unwrap_or(Error::Driver(error.to_string())))
    }

    /// How many seconds of a clock the device takes from the submission of what `record` records, its inputs being there, to
    /// its end.
    #[cfg(not(target_arch = "wasm32"))]
    pub(crate) async fn time(&self, clock: Clock, record: impl FnOnce(&mut Recorder<'_>)) -> Result<f64, Error> {
        let finish = || {
            let mut recorder = self.recorder();
            record(&mut recorder);
            recorder.encoder.finish()
        };
        let commands = self.guarded(finish).await?;
        self.queue.submit([]);
        self.wait()?;
        clock.time(|| {
            self.queue.submit([commands]);
            self.wait()
        })
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use crate::future::block_on;
    use crate::streams::{streams, words};
    use crate::{Context, Options};

    #[test]
    fn a_lost_device_is_an_error() {
        let context = block_on(Context::new(&Options::default()));
        let context = context.map_err(|error| error.to_string()).expect("these tests need an adapter");
        let mut lanes = streams(1, 3);
        context.device.destroy();
        let first = block_on(words(&context, &mut lanes, 2)).unwrap_err();
        assert!(matches!(first, Error::Lost(_)), "{first:?}");
        assert_eq!(lanes, streams(1, 3));
    }

    #[test]
    fn a_shader_that_does_not_compile_is_an_error_with_the_compilers_words() {
        let context = block_on(Context::new(&Options::default()));
        let context = context.map_err(|error| error.to_string()).expect("these tests need an adapter");
        let error = block_on(Kernel::new(&context, &["fn main( {"], "main", &[])).unwrap_err();
        assert!(matches!(&error, Error::Driver(reason) if reason.contains("main")), "{error:?}");
    }
}
