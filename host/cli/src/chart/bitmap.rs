//! The same picture in pixels.

use std::sync::OnceLock;

use plotters::prelude::*;
use plotters::style::register_font as register;

use super::{Layout, Units};
use crate::seeds::{Curve, Plan};

/// Dots a pixel in the file, so that it is sharp on a dense screen and in print.
const DOTS: usize = 2;
/// Units a dot: edges are smooth because a dot is the mean of this many squared.
const UNITS_A_DOT: usize = 2;

/// Letters are measured with this font, and drawn with it on bitmaps.
///
/// # Errors
/// The library cannot read the font.
pub fn register_font() -> Result<(), String> {
    static REGISTERED: OnceLock<bool> = OnceLock::new();
    let fine = REGISTERED.get_or_init(|| register("sans-serif", FontStyle::Normal, dejavu::sans::regular()).is_ok());
    if *fine { Ok(()) } else { Err("the font cannot be read".into()) }
}

/// A picture in three channels of eight bits.
///
/// # Errors
/// What the libraries say.
pub fn png(plan: &Plan, curve: &Curve, layout: &Layout) -> Result<Vec<u8>, String> {
    let units = Units((DOTS * UNITS_A_DOT) as i32);
    let size = units.size(layout.size);
    let (width, height) = (size.0 as usize, size.1 as usize);
    let mut fine = vec![0; width * height * 3];
    {
        let root = BitMapBackend::with_buffer(&mut fine, size).into_drawing_area();
        layout.draw(&root, units, plan, curve)?;
    }
    let (columns, rows) = (width / UNITS_A_DOT, height / UNITS_A_DOT);
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, columns as u32, rows as u32);
    encoder.set_color(png::ColorType::Rgb);
    let per_metre = (96.0 * DOTS as f64 / 0.0254).round() as u32;
    encoder.set_pixel_dims(Some(png::PixelDimensions { xppu: per_metre, yppu: per_metre, unit: png::Unit::Meter }));
    let mut writer = encoder.write_header().map_err(|error| error.to_string())?;
    writer.write_image_data(&smaller(&fine, width)).map_err(|error| error.to_string())?;
    writer.finish().map_err(|error| error.to_string())?;
    Ok(file)
}

/// The means of squares of units, channel by channel.
fn smaller(fine: &[u8], width: usize) -> Vec<u8> {
    let mut dots = Vec::with_capacity(fine.len() / (UNITS_A_DOT * UNITS_A_DOT));
    for rows in fine.chunks_exact(3 * width * UNITS_A_DOT) {
        for column in (0..3 * width).step_by(3 * UNITS_A_DOT) {
            for channel in 0..3 {
                let row = |row: usize| {
                    let from = row * 3 * width + column + channel;
                    (0..UNITS_A_DOT).map(move |unit| usize::from(rows[from + 3 * unit]))
                };
                let sum: usize = (0..UNITS_A_DOT).flat_map(row).sum();
                dots.push((sum / (UNITS_A_DOT * UNITS_A_DOT)) as u8);
            }
        }
    }
    dots
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dot_is_the_mean_of_its_units() {
        // Two dots of four units each: one of black and white, one of a colour.
        let (black, white, colour) = ([0; 3], [255; 3], [10, 20, 30]);
        let fine = [black, white, colour, colour, white, white, colour, colour].concat();
        assert_eq!(smaller(&fine, 4), [191, 191, 191, 10, 20, 30]);
    }
}
