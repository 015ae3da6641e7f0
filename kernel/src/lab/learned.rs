//! What an experiment has learned, from one list.

/// Writes what an [`Experiment`](super::Experiment) says of its learned state from the list of its learners, in table order.
macro_rules! learned {
    ($($($part:ident).+),+ $(,)?) => {
        const LOADABLE: bool = true;

        fn write_learned(&self, out: &mut impl $crate::state::Write) {
            $($crate::state::Persist::write(&self.$($part).+, out);)+
        }

        fn check_learned(&self, from: &mut $crate::state::Reader<'_>) -> Result<(), $crate::error::Error> {
            $($crate::state::Persist::check(&self.$($part).+, from)?;)+
            Ok(())
        }

        fn read_learned(&mut self, from: &mut $crate::state::Reader<'_>) -> Result<(), $crate::error::Error> {
            $($crate::state::Persist::read(&mut self.$($part).+, from)?;)+
            Ok(())
        }
    };
}
pub(super) use learned;
