//! (in work)
use super::*;
#[derive(Debug)]
pub struct SignedValue;
impl Scheme for SignedValue {
    fn about(&self) -> &'static About {
        unreachable!()
    }
    fn detect(&self, _: &Item) -> Option<Candidate> {
        None
    }
    fn open(&self, _: &Item, _: &Ask) -> Opened {
        unreachable!()
    }
    fn make(&self, _: &Draft) -> Result<Made, SignError> {
        unreachable!()
    }
}
