//! The toolbar icons, drawn here: `icons/<state>-<size>.png`.
//!
//! The mark is a rounded square with an S and a spark of light. The two states differ in colour and in
//! shape, so that they are told apart without seeing colours. All coordinates are parts of the edge, from
//! the top left corner. Each pixel is the mean of many samples, so edges are smooth at 16 pixels too.

use anyhow::Result;

use crate::package::Package;

/// Edges in pixels: toolbar, toolbar on dense screens, extensions page, store.
const SIZES: &[u32] = &[16, 32, 48, 128];

/// Samples along each edge of a pixel.
const SAMPLES: u32 = 8;

/// Name of a state, and what is drawn for it, from back to front.
const STATES: &[(&str, &[Layer])] = &[
    (
        "recording",
        &[
            Layer { shape: plate, top: [112, 110, 255], bottom: [67, 56, 202] },
            Layer { shape: letter, top: WHITE, bottom: WHITE },
            Layer { shape: spark, top: AMBER, bottom: AMBER },
        ],
    ),
    (
        "paused",
        &[
            Layer { shape: plate, top: [148, 154, 166], bottom: [107, 113, 126] },
            Layer { shape: bars, top: WHITE, bottom: WHITE },
        ],
    ),
];

const WHITE: [u8; 3] = [255, 255, 255];
const AMBER: [u8; 3] = [255, 200, 61];

/// A shape in one colour that changes from top to bottom.
struct Layer {
    /// Whether a point belongs to the shape.
    shape: fn(f32, f32) -> bool,
    top: [u8; 3],
    bottom: [u8; 3],
}

/// Adds the icons of every state and size.
///
/// # Errors
/// When encoding fails or a path is taken.
pub(crate) fn add(package: &mut Package) -> Result<()> {
    for (state, layers) in STATES {
        for &size in SIZES {
            package.add(format!("icons/{state}-{size}.png"), encode(&draw(layers, size), size)?)?;
        }
    }
    Ok(())
}

/// The pixels of one icon as red, green, blue and opacity, row by row.
fn draw(layers: &[Layer], size: u32) -> Vec<u8> {
    let mut pixels = Vec::new();
    for row in 0..size {
        for column in 0..size {
            pixels.extend(pixel(layers, column, row, size));
        }
    }
    pixels
}

/// One pixel: for each sample the front-most shape that holds it, then the mean.
fn pixel(layers: &[Layer], column: u32, row: u32, size: u32) -> [u8; 4] {
    let (mut colour, mut covered) = ([0.0_f32; 3], 0.0_f32);
    for sample in 0..SAMPLES * SAMPLES {
        let offset = |index: u32| (index as f32 + 0.5) / SAMPLES as f32;
        let x = (column as f32 + offset(sample % SAMPLES)) / size as f32;
        let y = (row as f32 + offset(sample / SAMPLES)) / size as f32;
        if let Some(layer) = layers.iter().rev().find(|layer| (layer.shape)(x, y)) {
            covered += 1.0;
            for (sum, (top, bottom)) in colour.iter_mut().zip(layer.top.iter().zip(layer.bottom)) {
                *sum += f32::from(*top) * (1.0 - y) + f32::from(bottom) * y;
            }
        }
    }
    let mean = |sum: f32| (sum / covered.max(1.0)).round() as u8;
    let opacity = (covered * 255.0 / (SAMPLES * SAMPLES) as f32).round() as u8;
    [mean(colour[0]), mean(colour[1]), mean(colour[2]), opacity]
}

/// The rounded square behind everything.
fn plate(x: f32, y: f32) -> bool {
    let (half, radius) = (0.48, 0.22);
    let beyond = |at: f32| ((at - 0.5).abs() - (half - radius)).max(0.0);
    beyond(x).hypot(beyond(y)) <= radius
}

/// The S: two arcs that meet in the middle, each open on one side.
fn letter(x: f32, y: f32) -> bool {
    // The lower arc is the upper one turned by half a turn around the middle.
    arc(x, y) || arc(1.0 - x, 1.0 - y)
}

/// The upper arc of the S: a ring without its lower right quarter.
fn arc(x: f32, y: f32) -> bool {
    let (radius, stroke) = (0.15, 0.13);
    let (dx, dy) = (x - 0.5, y - (0.5 - radius));
    let on_ring = (dx.hypot(dy) - radius).abs() <= stroke / 2.0;
    on_ring && (dx <= 0.0 || dy <= -0.075)
}

/// The spark at the upper end of the S.
fn spark(x: f32, y: f32) -> bool {
    (x - 0.7).hypot(y - 0.3) <= 0.1
}

/// Two upright bars: paused.
fn bars(x: f32, y: f32) -> bool {
    let from_middle = (x - 0.5).abs();
    (0.0625..=0.1875).contains(&from_middle) && (y - 0.5).abs() <= 0.22
}

fn encode(pixels: &[u8], size: u32) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, size, size);
    encoder.set_color(png::ColorType::Rgba);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.write_header()?.write_image_data(pixels)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_has_every_size() {
        let mut package = Package::default();
        add(&mut package).unwrap();
        assert_eq!(package.files().count(), STATES.len() * SIZES.len());
        for (path, bytes) in package.files() {
            let mut reader = png::Decoder::new(std::io::Cursor::new(bytes)).read_info().unwrap();
            let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
            let info = reader.next_frame(&mut pixels).unwrap();
            assert!(path.ends_with(&format!("-{}.png", info.width)), "{path}");
            assert_eq!(info.width, info.height, "{path}");
        }
    }

    #[test]
    fn corners_are_clear_and_the_middle_is_opaque() {
        for (state, layers) in STATES {
            let pixels = draw(layers, 16);
            assert_eq!(pixels[3], 0, "{state}");
            assert_eq!(pixels[(8 * 16 + 8) * 4 + 3], 255, "{state}");
        }
    }

    #[test]
    fn the_states_differ_without_colour() {
        let white = |layers: &[Layer]| {
            let pixels = draw(layers, 16);
            pixels.chunks(4).map(|pixel| pixel[..3] == WHITE).collect::<Vec<_>>()
        };
        assert_ne!(white(STATES[0].1), white(STATES[1].1));
    }
}
