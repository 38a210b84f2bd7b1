//! Cityscapes' own classes.

/// One of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Label {
    pub name: &'static str,
    pub id: u8,
    /// What it is trained as; 255 for what is ignored.
    pub train_id: u8,
    /// Whether its things are counted.
    pub things: bool,
    pub color: [u8; 3],
}

const fn label(name: &'static str, id: u8, train_id: u8, things: bool, color: [u8; 3]) -> Label {
    Label { name, id, train_id, things, color }
}

/// The classes that are labeled, by id. `license plate` has no id in the table, and is left out.
pub(super) const LABELS: [Label; 27] = [
    label("road", 7, 0, false, [128, 64, 128]),
    label("sidewalk", 8, 1, false, [244, 35, 232]),
    label("parking", 9, 255, false, [250, 170, 160]),
    label("rail track", 10, 255, false, [230, 150, 140]),
    label("building", 11, 2, false, [70, 70, 70]),
    label("wall", 12, 3, false, [102, 102, 156]),
    label("fence", 13, 4, false, [190, 153, 153]),
    label("guard rail", 14, 255, false, [180, 165, 180]),
    label("bridge", 15, 255, false, [150, 100, 100]),
    label("tunnel", 16, 255, false, [150, 120, 90]),
    label("pole", 17, 5, false, [153, 153, 153]),
    label("polegroup", 18, 255, false, [153, 153, 153]),
    label("traffic light", 19, 6, false, [250, 170, 30]),
    label("traffic sign", 20, 7, false, [220, 220, 0]),
    label("vegetation", 21, 8, false, [107, 142, 35]),
    label("terrain", 22, 9, false, [152, 251, 152]),
    label("sky", 23, 10, false, [70, 130, 180]),
    label("person", 24, 11, true, [220, 20, 60]),
    label("rider", 25, 12, true, [255, 0, 0]),
    label("car", 26, 13, true, [0, 0, 142]),
    label("truck", 27, 14, true, [0, 0, 70]),
    label("bus", 28, 15, true, [0, 60, 100]),
    label("caravan", 29, 255, true, [0, 0, 90]),
    label("trailer", 30, 255, true, [0, 0, 110]),
    label("train", 31, 16, true, [0, 80, 100]),
    label("motorcycle", 32, 17, true, [0, 0, 230]),
    label("bicycle", 33, 18, true, [119, 11, 32]),
];

/// What is not labeled: the names that stand for it, with their ids.
pub(super) const VOIDS: [(&str, u8); 7] =
    [("unlabeled", 0), ("ego vehicle", 1), ("rectification border", 2), ("out of roi", 3), ("static", 4), ("dynamic", 5), ("ground", 6)];

/// The name and the id that void is written as.
pub(super) const OUT_OF_ROI: (&str, u8) = VOIDS[3];

/// The class of that name.
pub(super) fn find(name: &str) -> Option<&'static Label> {
    LABELS.iter().find(|label| label.name == name)
}
