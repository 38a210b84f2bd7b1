//! Which items make up which batch.

use rand::rngs::Xoshiro256PlusPlus;
use rand::{SeedableRng, seq::SliceRandom};

/// An item in an epoch. Random changes to it are drawn by both numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Pick {
    pub epoch: u64,
    pub index: usize,
}

/// What becomes of the items at an epoch's end that do not fill a batch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LastBatch {
    /// They make a smaller batch.
    #[default]
    Keep,
    /// They are left out.
    Discard,
    /// They come first in the next epoch.
    Rollover,
    /// They make a batch that is filled up from the beginning of the epoch; its `pad` says with how many.
    Wrap,
}

/// A part of every epoch, for one of several workers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shard {
    pub index: usize,
    pub count: usize,
}

impl Shard {
    /// Everything.
    pub const WHOLE: Self = Self { index: 0, count: 1 };
}

/// How a set is cut into batches.
#[derive(Clone, Copy, Debug)]
pub struct Order {
    /// How many items the set has.
    pub len: usize,
    /// At least 1.
    pub batch_size: usize,
    /// The seed that items are shuffled by, each epoch anew; without it they keep their order.
    pub shuffle: Option<u64>,
    pub shard: Shard,
    pub last: LastBatch,
}

/// The items of a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Planned<'a> {
    pub picks: &'a [Pick],
    /// How many more of the epoch's first items follow.
    pub pad: usize,
}

/// The batches of an epoch.
#[derive(Debug)]
pub(crate) struct Plan {
    picks: Vec<Pick>,
    batch_size: usize,
    last: LastBatch,
}

impl Order {
    /// The items of the shard in that epoch, without what was rolled over. Shards of the same seed never share an item.
    #[must_use]
    pub fn items(&self, epoch: u64) -> Vec<Pick> {
        let mut all: Vec<usize> = (0..self.len).collect();
        if let Some(seed) = self.shuffle {
            let key = seed ^ epoch.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
            all.shuffle(&mut Xoshiro256PlusPlus::seed_from_u64(key));
        }
        all.into_iter().skip(self.shard.index).step_by(self.shard.count.max(1)).map(|index| Pick { epoch, index }).collect()
    }

    fn shard_len(&self) -> usize {
        self.len.saturating_sub(self.shard.index).div_ceil(self.shard.count.max(1))
    }

    /// How many items of earlier epochs come first in that one.
    fn carried(&self, epoch: u64) -> usize {
        let (len, batch) = (self.shard_len() as u128, self.batch_size.max(1) as u128);
        if self.last == LastBatch::Rollover { (u128::from(epoch) * len % batch) as usize } else { 0 }
    }

    pub(crate) fn plan(&self, epoch: u64) -> Plan {
        let mut picks = self.items(epoch);
        let (mut wanted, mut before) = (self.carried(epoch), epoch);
        while wanted > 0 && before > 0 {
            before -= 1;
            let mut tail = self.items(before);
            tail.drain(..tail.len().saturating_sub(wanted));
            wanted -= tail.len();
            tail.append(&mut picks);
            picks = tail;
        }
        if matches!(self.last, LastBatch::Discard | LastBatch::Rollover) {
            picks.truncate(picks.len() / self.batch_size.max(1) * self.batch_size.max(1));
        }
        Plan { picks, batch_size: self.batch_size.max(1), last: self.last }
    }

    /// How many batches that epoch has.
    #[must_use]
    pub fn batches(&self, epoch: u64) -> usize {
        let (items, batch) = (self.shard_len() + self.carried(epoch), self.batch_size.max(1));
        if matches!(self.last, LastBatch::Keep | LastBatch::Wrap) { items.div_ceil(batch) } else { items / batch }
    }
}

impl Plan {
    pub fn batches(&self) -> usize {
        self.picks.len().div_ceil(self.batch_size)
    }

    pub fn batch(&self, number: usize) -> Planned<'_> {
        let begin = (number * self.batch_size).min(self.picks.len());
        let end = (begin + self.batch_size).min(self.picks.len());
        let pad = if self.last == LastBatch::Wrap { self.batch_size - (end - begin) } else { 0 };
        Planned { picks: &self.picks[begin..end], pad }
    }

    /// The items that a batch with `pad` is filled up with.
    pub fn fill(&self, pad: usize) -> impl Iterator<Item = Pick> + '_ {
        self.picks.iter().copied().cycle().take(pad)
    }
}
