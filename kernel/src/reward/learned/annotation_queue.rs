//! What waits for an annotator that is slow.

use crate::error::Error;
use crate::state::{Identify, Identity, Persist, Reader, Write};
use heapless::Vec;

/// What became of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Submission {
    /// It waits.
    Queued,
    /// It waits already, or is asked at present.
    Known,
    /// There was no place: it is as if it had never come.
    Dropped,
}

/// Requests for an annotator that answers late and only some of them (ONI): at most `Q` wait, one call of at most `B` is under
/// way, and it takes the newest. No thread and no clock: whoever polls says what time it is.
///
/// With a service, [`ask`](Self::ask) when there is time, send [`asked`](Self::asked), and [`finish`](Self::finish) once its
/// answers were learned from. With an annotator that always takes equally long, [`tick`](Self::tick) does all three.
///
/// Memory: `Q + B` requests, and 32 bytes or less with those of 4 bytes. Cost: a look at each request to submit one.
///
/// ```
/// use habit::reward::learned::{AnnotationQueue, Submission};
/// let mut queue = AnnotationQueue::<u32, 256, 2>::EMPTY;
/// queue.start(3, 2)?;
/// [1, 2, 3].map(|message| assert_eq!(queue.submit(message), Submission::Queued));
/// assert_eq!(queue.tick(0, |_| Ok(()))?, [2, 3]);
/// for now in [1, 2] {
///     assert_eq!(queue.tick(now, |_| Err(habit::Error::RunOver))?, []);
/// }
/// let mut answered = [0; 2];
/// assert_eq!(queue.tick(3, |requests| Ok(answered.copy_from_slice(requests)))?, [1]);
/// assert_eq!(answered, [2, 3]);
/// # Ok::<(), habit::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct AnnotationQueue<T, const Q: usize, const B: usize> {
    waiting: Vec<T, Q>,
    asked: Vec<T, B>,
    /// When the call is answered.
    due: u32,
    latency: u32,
    batch: u32,
}

const _: () = assert!(size_of::<AnnotationQueue<u32, 256, 4>>() <= 4 * (256 + 4) + 32);

impl<T: Copy + PartialEq, const Q: usize, const B: usize> AnnotationQueue<T, Q, B> {
    /// Nothing waits; the annotator takes no time and as many as there is room for.
    pub const EMPTY: Self = Self { waiting: Vec::new(), asked: Vec::new(), due: 0, latency: 0, batch: B as u32 };

    /// Starts with nothing that waits; a call takes `latency` ticks and at most `batch` requests.
    ///
    /// # Errors
    /// [`Error::ParameterOutOfRange`] unless the batch is 1 to `B` and the latency below `2^31`.
    pub fn start(&mut self, latency: u32, batch: u32) -> Result<(), Error> {
        if batch == 0 || batch as usize > B || latency >= 1 << 31 {
            return Err(Error::ParameterOutOfRange);
        }
        (self.latency, self.batch, self.due) = (latency, batch, 0);
        self.clear();
        Ok(())
    }

    /// Forgets everything: an answer that comes later finds no request and is dropped.
    pub fn clear(&mut self) {
        self.waiting.clear();
        self.asked.clear();
    }

    /// What waits, in the order of arrival.
    pub fn waiting(&self) -> &[T] {
        &self.waiting
    }

    /// What is asked at present, in the order of arrival.
    pub fn asked(&self) -> &[T] {
        &self.asked
    }

    /// Lets a request wait, unless it is known or there is no place.
    pub fn submit(&mut self, request: T) -> Submission {
        if self.waiting.contains(&request) || self.asked.contains(&request) {
            return Submission::Known;
        }
        if self.waiting.push(request).is_ok() { Submission::Queued } else { Submission::Dropped }
    }

    /// Begins a call with the newest requests unless one is under way, and returns what it asks: nothing where nothing begins.
    pub fn ask(&mut self) -> &[T] {
        if !self.asked.is_empty() {
            return &[];
        }
        let first = self.waiting.len().saturating_sub(self.batch as usize);
        for request in self.waiting.iter().skip(first) {
            // A batch is at most as large as the room for it.
            let _ = self.asked.push(*request);
        }
        self.waiting.truncate(first);
        &self.asked
    }

    /// The call was answered.
    pub fn finish(&mut self) {
        self.asked.clear();
    }

    /// One tick of an annotator that always takes equally long: a call that is due is answered, then the next one begins, due
    /// at `now` and the latency. `answer` gets the requests of the call that was due; returns those of the call that began.
    /// Times may wrap around.
    ///
    /// # Errors
    /// What `answer` says: the call stays under way then.
    pub fn tick(&mut self, now: u32, answer: impl FnOnce(&[T]) -> Result<(), Error>) -> Result<&[T], Error> {
        if !self.asked.is_empty() {
            if now.wrapping_sub(self.due) >= 1 << 31 {
                return Ok(&[]);
            }
            answer(&self.asked)?;
            self.finish();
        }
        if !self.waiting.is_empty() {
            self.due = now.wrapping_add(self.latency);
        }
        Ok(self.ask())
    }
}

fn write_requests<T: Persist>(requests: &[T], out: &mut impl Write) {
    (requests.len() as u32).write(out);
    requests.write(out);
}

fn check_requests<T: Persist + Default>(capacity: usize, from: &mut Reader<'_>) -> Result<(), Error> {
    let mut count = 0u32;
    count.read(from)?;
    if count as usize > capacity {
        return Err(Error::Malformed);
    }
    (0..count).try_for_each(|_| T::default().check(from))
}

fn read_requests<T: Persist + Default, const N: usize>(
    requests: &mut Vec<T, N>,
    from: &mut Reader<'_>,
) -> Result<(), Error> {
    let mut count = 0u32;
    count.read(from)?;
    requests.clear();
    for _ in 0..count {
        let mut request = T::default();
        request.read(from)?;
        requests.push(request).map_err(|_| Error::Malformed)?;
    }
    Ok(())
}

/// How many wait, `u32`, and those; how many are asked, `u32`, and those; when they are due, `u32`.
impl<T: Persist + Default, const Q: usize, const B: usize> Persist for AnnotationQueue<T, Q, B> {
    fn write(&self, out: &mut impl Write) {
        write_requests(&self.waiting, out);
        write_requests(&self.asked, out);
        self.due.write(out);
    }

    fn check(&self, from: &mut Reader<'_>) -> Result<(), Error> {
        check_requests::<T>(Q, from)?;
        check_requests::<T>(B, from)?;
        self.due.check(from)
    }

    fn read(&mut self, from: &mut Reader<'_>) -> Result<(), Error> {
        read_requests(&mut self.waiting, from)?;
        read_requests(&mut self.asked, from)?;
        self.due.read(from)
    }
}

/// `"annotation-queue"`: requests that may wait, requests of a call.
impl<T: Persist + Default, const Q: usize, const B: usize> Identify for AnnotationQueue<T, Q, B> {
    fn identity(&self) -> Identity {
        Identity::new("annotation-queue", Identity::PLAIN, [Q, B, 0])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::vec;
    use std::vec::Vec as List;

    struct Bytes(List<u8>);

    impl Write for Bytes {
        fn bytes(&mut self, bytes: &[u8]) {
            self.0.extend_from_slice(bytes);
        }
    }

    fn tick<const Q: usize, const B: usize>(queue: &mut AnnotationQueue<u32, Q, B>, now: u32) -> [List<u32>; 2] {
        let mut answered = vec![];
        let asked = queue.tick(now, |requests| {
            answered.extend_from_slice(requests);
            Ok(())
        });
        let asked = asked.unwrap().to_vec();
        [answered, asked]
    }

    #[test]
    fn the_newest_come_first_and_what_is_known_or_too_much_is_not_taken() {
        let mut queue = AnnotationQueue::<u32, 4, 2>::EMPTY;
        queue.start(3, 2).unwrap();
        assert_eq!(tick(&mut queue, 0), [vec![], vec![]]);
        assert_eq!([1, 2, 3].map(|m| queue.submit(m)), [Submission::Queued; 3]);
        assert_eq!(tick(&mut queue, 0), [vec![], vec![2, 3]]);
        assert_eq!([1, 3].map(|m| queue.submit(m)), [Submission::Known; 2]);
        assert_eq!([4, 5, 6].map(|m| queue.submit(m)), [Submission::Queued; 3]);
        assert_eq!(
            (queue.submit(7), queue.waiting(), queue.asked()),
            (Submission::Dropped, &[1, 4, 5, 6][..], &[2, 3][..])
        );
        assert_eq!(tick(&mut queue, 2), [vec![], vec![]]);
        // A call whose answer cannot be used stays under way.
        assert_eq!(queue.tick(3, |_| Err(Error::NonFinite)), Err(Error::NonFinite));
        assert_eq!(tick(&mut queue, 3), [vec![2, 3], vec![5, 6]]);
        assert_eq!(queue.submit(2), Submission::Queued);
        assert_eq!(tick(&mut queue, 9), [vec![5, 6], vec![4, 2]]);
        assert_eq!(queue.ask(), []);
        queue.finish();
        assert_eq!(queue.ask(), [1]);
        queue.clear();
        assert_eq!(tick(&mut queue, 20), [vec![], vec![]]);
    }

    #[test]
    fn times_may_wrap_and_without_latency_the_next_tick_answers() {
        let mut queue = AnnotationQueue::<u32, 4, 4>::EMPTY;
        queue.start(3, 4).unwrap();
        queue.submit(1);
        tick(&mut queue, u32::MAX - 1);
        assert_eq!(tick(&mut queue, u32::MAX), [vec![], vec![]]);
        assert_eq!(tick(&mut queue, 1), [vec![1], vec![]]);
        queue.start(0, 4).unwrap();
        queue.submit(1);
        assert_eq!(tick(&mut queue, 5), [vec![], vec![1]]);
        queue.submit(2);
        assert_eq!(tick(&mut queue, 6), [vec![1], vec![2]]);
    }

    #[test]
    fn it_goes_on_where_it_was_saved_and_refuses_bad_bytes() {
        let mut queue = AnnotationQueue::<u32, 3, 2>::EMPTY;
        for (latency, batch) in [(0, 0), (0, 3), (1 << 31, 1)] {
            assert_eq!(queue.start(latency, batch), Err(Error::ParameterOutOfRange));
        }
        queue.start(2, 2).unwrap();
        assert_eq!([7, 8, 9].map(|m| queue.submit(m)), [Submission::Queued; 3]);
        tick(&mut queue, 4);
        let mut bytes = Bytes(vec![]);
        queue.write(&mut bytes);
        let mut restored = AnnotationQueue::<u32, 3, 2>::EMPTY;
        restored.start(2, 2).unwrap();
        restored.restore(&bytes.0).unwrap();
        assert_eq!((restored.waiting(), restored.asked()), (&[7][..], &[8, 9][..]));
        assert_eq!(tick(&mut restored, 6), tick(&mut queue, 6));
        bytes.0[0] = 4;
        assert_eq!(restored.restore(&bytes.0), Err(Error::Malformed));
        assert_eq!(restored.digest(), queue.digest());
    }
}
