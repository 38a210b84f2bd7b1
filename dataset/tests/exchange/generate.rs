//! Random datasets, small and awkward.

use labelwright_dataset::exchange::{Item, Origin};
use labelwright_dataset::{
    AttributeValue, Attributes, Class, ClassKind, Geometry, Mask, Part, Point, Polygon, Schema, Shape, Subset, VOID, validate,
};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

/// Classes, and images with their picture files.
#[derive(Clone)]
pub struct Dataset {
    pub schema: Schema,
    pub items: Vec<(Item, Picture)>,
}

impl std::fmt::Debug for Dataset {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let classes = self.schema.classes.iter().map(|class| (class.index, &*class.name, class.kind));
        write!(f, "{:?}", classes.collect::<Vec<_>>())?;
        let items = serde_json::to_string(&self.items.iter().map(|(item, _)| item).collect::<Vec<_>>());
        f.write_str(&items.unwrap_or_default())
    }
}

/// The bytes of a picture.
#[derive(Clone, Debug)]
pub struct Picture(pub Vec<u8>);

const CLASS_NAMES: [&str; 12] =
    ["road", "cat", "traffic light", "Straße: nass", "yes", "3", "a, b", "#hash", "it's \"so\" & <so>", "猫", "null", "- dash"];

/// Where `{}` stands, a number makes the name unique.
const NAMES: [&str; 18] = [
    "{}.png",
    "{}.jpg",
    "a/b/{}.jpg",
    "ä ö/ü{}.png",
    "two  blanks {}.jpg",
    "x.y.{}.z.png",
    "日本/写真{}.jpg",
    "it's \"q\" & <b>{}.png",
    "-{}.png",
    "%20{}.png",
    "#{}.jpg",
    "a,b;{}.png",
    "UPPER{}.PNG",
    "no_ending{}",
    "train/{}.png",
    "val2017/labels/images/{}.jpg",
    "{} 1.png",
    "e\u{301}🐈{}_leftImg8bit.png",
];

fn schema() -> impl Strategy<Value = Schema> {
    let picked = proptest::sample::subsequence(&CLASS_NAMES[..], 1..=5);
    (picked, vec((1u8..9, any::<bool>()), 5)).prop_map(|(names, more)| {
        let mut index = 0;
        let class = |(name, (step, thing)): (&&str, (u8, bool))| {
            index += step;
            let kind = if thing { ClassKind::Thing } else { ClassKind::Stuff };
            Class { index, name: (*name).to_owned(), color: format!("#{:02x}{:02x}{:02x}", index.wrapping_mul(20), 99, 250 - index), kind }
        };
        Schema { classes: names.iter().zip(more).map(class).collect() }
    })
}

/// A ring around a centre, with corners on quarters of pixels or anywhere.
fn ring(center: (f64, f64), radius: f64, corners: usize, exact: bool) -> impl Strategy<Value = Vec<Point>> {
    vec(0.3f64..1.0, corners).prop_map(move |shares| {
        let count = shares.len() as f64;
        let corner = |(at, share): (usize, f64)| {
            let angle = std::f64::consts::TAU * at as f64 / count;
            let grid = |value: f64| if exact { value } else { (value * 4.0).round() / 4.0 };
            Point { x: grid(center.0 + radius * share * angle.cos()), y: grid(center.1 + radius * share * angle.sin()) }
        };
        shares.into_iter().enumerate().map(corner).collect()
    })
}

fn part(width: f64, height: f64) -> impl Strategy<Value = Part> {
    (0.0..1.0, 0.0..1.0, 0.1..0.6, 3usize..9, any::<bool>(), any::<bool>()).prop_flat_map(move |(x, y, r, corners, hole, exact)| {
        let (center, radius) = ((x * width, y * height), r * width.min(height));
        let inner = ring(center, radius * 0.28, 4, exact);
        (ring(center, radius, corners, exact), inner)
            .prop_map(move |(outer, inner)| Part { outer, holes: if hole { vec![inner] } else { Vec::new() } })
    })
}

fn mask(width: u32, height: u32) -> impl Strategy<Value = Mask> {
    vec(1u32..60, 1..30).prop_map(move |lengths| {
        let mut bitmap = vec![false; (width * height) as usize];
        let mut at = 0;
        for (index, length) in lengths.iter().enumerate() {
            let end = (at + *length as usize).min(bitmap.len());
            bitmap[at..end].fill(index % 2 == 1);
            at = end;
        }
        Mask::from_bitmap(width, height, &bitmap).unwrap()
    })
}

fn geometry(width: u32, height: u32) -> impl Strategy<Value = Geometry> {
    let (w, h) = (f64::from(width), f64::from(height));
    let polygon = vec(part(w, h), 1..3).prop_map(|parts| Geometry::Polygon(Polygon { parts }));
    let corners = (0.0..w, 0.0..h, 0.0..w, 0.0..h);
    prop_oneof![
        5 => polygon,
        3 => mask(width, height).prop_map(Geometry::Mask),
        2 => corners.prop_map(|(a, b, c, d)| Geometry::Box { corners: [a.min(c), b.min(d), a.max(c), b.max(d)] }),
        1 => (0u32..40, 0u32..40).prop_map(move |(a, b)| {
            Geometry::Box { corners: [f64::from(a % width), f64::from(b % height), w, h] }
        }),
        1 => (0.0..w, 0.0..h).prop_map(|(x, y)| Geometry::Point { point: Point { x, y } }),
        1 => Just(Geometry::Tag),
    ]
}

fn shape(width: u32, height: u32, schema: Schema) -> impl Strategy<Value = Option<Shape>> {
    let classes: Vec<u8> = schema.classes.iter().map(|class| class.index).chain([VOID]).collect();
    let confidence = option::weighted(0.2, (0u8..=100).prop_map(|percent| f32::from(percent) / 100.0));
    (geometry(width, height), select(classes), option::weighted(0.7, 1u32..6), confidence, attributes()).prop_map(
        move |(geometry, class, instance, confidence, attributes)| {
            let thing = schema.class(class).is_some_and(|class| class.kind == ClassKind::Thing);
            let area = matches!(geometry, Geometry::Polygon(_) | Geometry::Mask(_));
            let instance = instance.filter(|_| thing && area);
            let shape = Shape { class, instance, confidence, attributes, geometry };
            // As everything that the program stores.
            validate(&shape, width, height, &schema, 1).ok().map(|(shape, _)| shape)
        },
    )
}

fn attributes() -> impl Strategy<Value = Attributes> {
    let value = prop_oneof![
        any::<bool>().prop_map(AttributeValue::Flag),
        (-99i32..99).prop_map(|n| AttributeValue::Number(f64::from(n) / 4.0)),
        select(vec!["", "late", "3", "true", "<b>\"ä\""]).prop_map(|text| AttributeValue::Text(text.to_owned())),
    ];
    let name = select(vec!["occluded", "stage of life", "数", "is_crowd", "score"]).prop_map(str::to_owned);
    prop_oneof![6 => Just(Attributes::new()), 1 => proptest::collection::btree_map(name, value, 1..4)]
}

fn item(schema: Schema) -> impl Strategy<Value = (Item, Picture)> {
    (2u32..40, 2u32..40).prop_flat_map(move |(width, height)| {
        let subset = option::of(select(vec![Subset::Train, Subset::Validation, Subset::Test]));
        let origin = (option::weighted(0.2, Just(0.5f32)), any::<bool>(), option::of(0i64..2_000_000_000_000));
        let origin = origin.prop_map(|(confidence, machine, created_ms)| Origin { machine, confidence, created_ms });
        let origin = prop_oneof![Just(Origin::default()), origin];
        (vec(shape(width, height, schema.clone()), 0..7), subset, origin, 0..NAMES.len()).prop_map(move |(shapes, subset, origin, name)| {
            let shapes = shapes.into_iter().flatten().collect();
            let item = Item { name: NAMES[name].to_owned(), width, height, subset, shapes, origin };
            (item, Picture(Vec::new()))
        })
    })
}

/// Up to six images of up to five classes.
pub fn dataset() -> impl Strategy<Value = Dataset> {
    schema().prop_flat_map(|schema| {
        vec(item(schema.clone()), 0..6).prop_map(move |items| {
            let named = |(at, (mut item, _)): (usize, (Item, Picture))| {
                item.name = item.name.replace("{}", &format!("n{at}"));
                let picture = Picture(picture(&item.name, item.width, item.height, at as u8));
                (item, picture)
            };
            Dataset { schema: schema.clone(), items: items.into_iter().enumerate().map(named).collect() }
        })
    })
}

/// A picture of that size in the form that its name says.
pub fn picture(name: &str, width: u32, height: u32, shade: u8) -> Vec<u8> {
    let image = image::GrayImage::from_pixel(width, height, image::Luma([shade]));
    let format = if name.ends_with(".jpg") { image::ImageFormat::Jpeg } else { image::ImageFormat::Png };
    let mut bytes = std::io::Cursor::new(Vec::new());
    image.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}
