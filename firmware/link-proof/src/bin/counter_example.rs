//! Must not link: reads an array at a place that only a running chip knows.
#![cfg_attr(target_os = "none", no_std, no_main)]

use habit_link_proof::any;

habit_link_proof::image!([f32; 8] = [0.0; 8], |values| {
    values[any::<usize>()] = any();
    Ok(())
});
