//! The toolbar icons, drawn here. (Being written.)
use crate::package::Package;
/// Adds all icons.
pub(crate) fn add(_package: &mut Package) -> anyhow::Result<()> {
    Ok(())
}
