//! Chance that is the same on every machine and in every year: splitmix64, a stream for each thing that is drawn.

/// What is drawn; each has streams of its own, so that a change in one kind of thing leaves the others as they were.
#[derive(Clone, Copy, Debug)]
pub enum Of {
    /// A partner.
    Partner,
    /// One of a partner's people.
    Staff,
    /// A customer and all that it has.
    Customer,
    /// A life of events.
    Life,
    /// A question.
    Question,
}

/// A stream of numbers.
#[derive(Clone, Debug)]
pub struct Chance(u64);

impl Chance {
    /// The stream of the thing with that number.
    pub fn new(seed: u64, of: Of, number: u64) -> Chance {
        let kind = Chance(seed ^ ((of as u64 + 1) << 56)).next();
        Chance(Chance(kind ^ number).next())
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number from nought up to, not including, `count`; nought where that is nought.
    pub fn below(&mut self, count: u32) -> u32 {
        let scaled = (self.next() >> 32) * u64::from(count);
        u32::try_from(scaled >> 32).expect("less than the count")
    }

    /// A number from `least` to `most`, both included.
    pub fn between(&mut self, least: u32, most: u32) -> u32 {
        least + self.below(most - least + 1)
    }

    /// True as often as that in a hundred.
    pub fn percent(&mut self, often: u32) -> bool {
        self.below(100) < often
    }

    /// One of these; nothing of an empty list.
    pub fn pick<'a, T>(&mut self, list: &'a [T]) -> Option<&'a T> {
        list.get(self.below(u32::try_from(list.len()).expect("lists are short")) as usize)
    }

    /// One of these that fits; nothing where none does.
    pub fn pick_where<'a, T>(&mut self, list: &'a [T], fits: impl Fn(&T) -> bool) -> Option<&'a T> {
        let fitting: Vec<&T> = list.iter().filter(|one| fits(one)).collect();
        self.pick(&fitting).copied()
    }
}
