//! The browser's randomness, for the pseudonyms of a file that is written.

use samlight::base::pseudonym::Salt;

/// The salt of a new file; `None` where the browser gives no randomness: then nothing is written, for the
/// names could be tried out.
pub(crate) fn salt() -> Option<Salt> {
    let mut random = [0; 16];
    let crypto = web_sys::window()?.crypto().ok()?;
    crypto.get_random_values_with_u8_array(&mut random).ok()?;
    Some(Salt::new(random))
}
