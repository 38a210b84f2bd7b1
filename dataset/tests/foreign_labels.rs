//! Labels as other people's programs write them: Datumaro and Label Studio (files of `fixtures`, made by `dataset/tools/make_fixtures.py`),
//! CVAT, LabelMe and SageMaker Ground Truth.

#![allow(clippy::unwrap_used, reason = "helpers of tests stand outside of test functions here")]

use std::sync::Arc;

use base64::Engine;
use labelwright_dataset::exchange::{DatasetReader, ExchangeError, FolderInput, Input, Item, Loss, MemoryFiles, ReadItem};
use labelwright_dataset::formats::label_studio::brush::{self, BrushError};
use labelwright_dataset::formats::png_masks::{png_gray8, png_rgb8};
use labelwright_dataset::formats::registry::{detect, reader, writer};
use labelwright_dataset::{Class, ClassKind, Geometry, Mask, Schema, Shape, Subset};
use serde_json::{Value, json};

fn fixture(name: &str) -> String {
    format!("{}/tests/fixtures/{name}", env!("CARGO_MANIFEST_DIR"))
}

fn memory(files: &[(&str, &[u8])]) -> Arc<dyn Input> {
    Arc::new(MemoryFiles(files.iter().map(|(name, bytes)| ((*name).to_owned(), bytes.to_vec())).collect()))
}

fn open(format: &str, input: Arc<dyn Input>) -> Box<dyn DatasetReader> {
    assert!(detect(input.as_ref()).unwrap().iter().any(|found| found.id == format), "{format} is not detected");
    reader(format, input, &Value::Null).unwrap()
}

fn items(reader: &mut Box<dyn DatasetReader>) -> Vec<Item> {
    reader.by_ref().map(|read| read.unwrap().item).collect()
}

fn names(reader: &dyn DatasetReader) -> Vec<&str> {
    reader.schema().classes.iter().map(|class| &*class.name).collect()
}

fn mask_of(rows: &[&str]) -> Mask {
    let inside: Vec<bool> = rows.iter().flat_map(|row| row.bytes().map(|byte| byte == b'#')).collect();
    Mask::from_bitmap(rows[0].len() as u32, rows.len() as u32, &inside).unwrap()
}

fn outer(shape: &Shape) -> Vec<[f64; 2]> {
    let Geometry::Polygon(polygon) = &shape.geometry else { panic!("{shape:?} is no polygon") };
    polygon.parts[0].outer.iter().map(|&point| point.into()).collect()
}

/// The brushes of `fixtures/brushes.jsonl`: name, bytes and mask.
fn brushes() -> Vec<(String, Vec<u8>, Mask)> {
    let text = std::fs::read_to_string(fixture("brushes.jsonl")).unwrap();
    let parsed = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let brush = |line: Value| {
        let rows: Vec<&str> = line["rows"].as_array().unwrap().iter().map(|row| row.as_str().unwrap()).collect();
        let bytes = line["rle"].as_array().unwrap().iter().map(|byte| byte.as_u64().unwrap() as u8).collect();
        (line["name"].as_str().unwrap().to_owned(), bytes, mask_of(&rows))
    };
    parsed.map(brush).collect()
}

#[test]
fn brushes_of_label_studio_are_read() {
    let brushes = brushes();
    assert_eq!(brushes.len(), 5);
    for (name, bytes, mask) in &brushes {
        assert_eq!(brush::decode(bytes, mask.width(), mask.height()).as_ref(), Ok(mask), "{name}");
        // Bits that fill up the last byte aside, every cut is noticed.
        for length in 0..bytes.len() - 1 {
            assert!(brush::decode(&bytes[..length], mask.width(), mask.height()).is_err(), "{name} cut to {length}");
        }
        let size = brush::decode(bytes, mask.width() + 1, mask.height());
        assert!(matches!(size, Err(BrushError::Size { .. })), "{name}: {size:?}");
    }
}

/// The annotations of `make_fixtures.py`.
fn check_fixture(format: &str) {
    let mut reader = open(format, Arc::new(FolderInput::new(fixture(format))));
    assert_eq!(names(reader.as_ref()), ["cat", "street"]);
    let items = items(&mut reader);
    assert_eq!(
        items.iter().map(|item| (&*item.name, item.subset)).collect::<Vec<_>>(),
        [("a/one.jpg", Some(Subset::Train)), ("two.jpg", Some(Subset::Validation))]
    );
    let one = &items[0];
    assert_eq!((one.width, one.height, one.shapes.len(), items[1].shapes.len()), (40, 24, 6, 0));
    let of = |class: u8, wanted: fn(&Geometry) -> bool| {
        one.shapes.iter().filter(move |shape| shape.class == class && wanted(&shape.geometry)).collect::<Vec<_>>()
    };
    let polygons = of(1, |geometry| matches!(geometry, Geometry::Polygon(_)));
    assert_eq!(polygons.iter().map(|shape| shape.instance).collect::<Vec<_>>(), [Some(1), Some(1)]);
    assert_eq!(outer(polygons[1]), [[20.0, 3.0], [30.0, 3.0], [25.0, 11.25]]);
    let (_, _, ring) = brushes().remove(0);
    let masks = of(2, |geometry| matches!(geometry, Geometry::Mask(_)));
    assert_eq!((masks[0].instance, &masks[0].geometry), (Some(2), &Geometry::Mask(ring)));
    let boxes = of(2, |geometry| matches!(geometry, Geometry::Box { .. }));
    assert_eq!(boxes[0].geometry, Geometry::Box { corners: [4.0, 5.0, 14.5, 12.0] });
    let points = of(1, |geometry| matches!(geometry, Geometry::Point { .. }));
    assert_eq!(points[0].geometry, Geometry::Point { point: [7.0, 8.5].into() });
    assert_eq!(of(2, |geometry| *geometry == Geometry::Tag).len(), 1);
}

#[test]
fn what_datumaro_writes_is_read() {
    check_fixture("datumaro");
    check_fixture("cvat");
}

const CVAT: &str = r##"<?xml version="1.0" encoding="utf-8"?>
<annotations>
  <version>1.1</version>
  <meta><job><labels>
    <label><name>car &amp; van</name><color>#10a0f0</color><type>any</type><attributes><attribute><name>make</name></attribute></attributes></label>
    <label><name>road</name><color>#ff00ff</color></label>
  </labels></job></meta>
  <image id="0" name="x/0.png" subset="Train" width="20" height="10">
    <box label="car &amp; van" source="manual" occluded="0" xtl="2" ytl="2" xbr="6" ybr="4" rotation="90.0" z_order="3"></box>
    <mask label="road" source="auto" occluded="0" rle="1, 2, 1" left="18" top="9" width="2" height="2" z_order="1"/>
    <polyline label="road" points="1,1;2,2"/>
    <polygon label="car &amp; van" points="1,1;5,1;5,5" z_order="0"><attribute name="make">unknown</attribute></polygon>
    <skeleton label="road"><points label="knee" points="1,2"/></skeleton>
  </image>
  <image id="1" name="x/1.png" width="20" height="10"/>
</annotations>"##;

#[test]
fn images_of_cvat_are_read() {
    let mut reader = open("cvat", memory(&[("annotations.xml", CVAT.as_bytes()), ("images/x/0.png", b"")]));
    assert_eq!((names(reader.as_ref()), &*reader.schema().classes[0].color), (vec!["car & van", "road"], "#10a0f0"));
    let read: Vec<ReadItem> = reader.by_ref().map(Result::unwrap).collect();
    assert_eq!((read.len(), read[0].picture.as_deref(), read[0].item.subset), (2, Some("images/x/0.png"), Some(Subset::Train)));
    let shapes = &read[0].item.shapes;
    // From bottom to top: the polygon, what of the mask is within the picture, and the box on end.
    assert_eq!(outer(&shapes[0]), [[1.0, 1.0], [5.0, 1.0], [5.0, 5.0]]);
    let Geometry::Mask(mask) = &shapes[1].geometry else { panic!("{:?}", shapes[1]) };
    assert_eq!((mask.spans().collect::<Vec<_>>(), shapes[1].instance), (vec![(199, 1)], Some(1)));
    let turned = outer(&shapes[2]);
    assert!(turned.iter().zip([[5.0, 1.0], [5.0, 5.0], [3.0, 5.0], [3.0, 1.0]]).all(|(a, b)| (a[0] - b[0]).hypot(a[1] - b[1]) < 1e-9));
    assert_eq!(reader.losses().count(Loss::Unsupported), 3, "an attribute, a line and a skeleton");
}

#[test]
fn frames_of_cvat_are_read() {
    let xml = r#"<annotations><meta><task><size>9</size><labels><label><name>cat</name></label></labels>
      <original_size><width>30</width><height>20</height></original_size></task></meta>
      <track id="0" label="cat" source="manual">
        <box frame="0" outside="0" keyframe="1" xtl="1" ytl="1" xbr="5" ybr="5" z_order="0"/>
        <box frame="1" outside="0" keyframe="0" xtl="2" ytl="1" xbr="6" ybr="5" z_order="0"/>
        <box frame="2" outside="0" keyframe="0" xtl="3" ytl="1" xbr="7" ybr="5" z_order="0"/>
        <box frame="3" outside="1" keyframe="1" xtl="3" ytl="1" xbr="7" ybr="5" z_order="0"/>
      </track>
      <track id="1" label="cat"><polygon frame="2" outside="0" keyframe="1" points="1,1;9,1;9,9"><attribute name="x">1</attribute></polygon></track>
    </annotations>"#;
    let mut reader = open("cvat", memory(&[("annotations.xml", xml.as_bytes())]));
    let items = items(&mut reader);
    assert_eq!(
        items.iter().map(|item| (&*item.name, item.width, item.shapes.len())).collect::<Vec<_>>(),
        [("frame_000000.png", 30, 1), ("frame_000002.png", 30, 2)]
    );
    let polygon = items[1].shapes.iter().find(|shape| matches!(shape.geometry, Geometry::Polygon(_))).unwrap();
    assert_eq!((polygon.instance, outer(polygon).len()), (Some(2), 3));
    // Two tracks, a frame without a key frame, and an attribute.
    assert_eq!(reader.losses().count(Loss::Unsupported), 4);
}

#[test]
fn what_xml_defines_itself_is_not_expanded() {
    let bomb = r#"<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>
<annotations><meta><labels><label><name>&b;</name></label></labels></meta></annotations>"#;
    let failed = reader("cvat", memory(&[("annotations.xml", bomb.as_bytes())]), &Value::Null).err().unwrap();
    assert!(matches!(&failed, ExchangeError::File { line: Some(2), .. }), "{failed}");
    let mut cut = open("cvat", memory(&[("annotations.xml", &CVAT.as_bytes()[..CVAT.len() - 60])]));
    assert!(matches!(cut.by_ref().last(), Some(Err(ExchangeError::File { line: Some(_), .. }))));
    let wrong = CVAT.replace("rle=\"1, 2, 1\"", "rle=\"1, 4000000000, 1\"");
    let mut reader = open("cvat", memory(&[("annotations.xml", wrong.as_bytes())]));
    let read: Vec<_> = reader.by_ref().collect();
    assert!(matches!(&read[0], Err(ExchangeError::Image { name, .. }) if name == "x/0.png"), "{:?}", read[0]);
    assert!(read[1].is_ok(), "the next image is read all the same");
}

#[test]
fn tasks_of_label_studio_are_read() {
    let (_, rle, ring) = brushes().remove(0);
    let region = |kind: &str, value: Value| json!({"type": kind, "original_width": 40, "original_height": 24, "value": value});
    let polygon = json!({"points": [[10, 25], [50, 25], [50, 75]], "closed": true, "polygonlabels": ["cat"]});
    let turned = json!({"x": 50, "y": 50, "width": 10, "height": 25, "rotation": 90, "rectanglelabels": ["road"]});
    let regions = json!([
        region("polygonlabels", polygon),
        region("brushlabels", json!({"format": "rle", "rle": rle, "brushlabels": ["cat"]})),
        region("rectanglelabels", turned),
        region("rectanglelabels", json!({"x": 0, "y": 0, "width": 25, "height": 50, "rotation": 0, "rectanglelabels": ["road", "cat"]})),
        region("keypointlabels", json!({"x": 25, "y": 50, "width": 1, "keypointlabels": ["cat"]})),
        {"type": "choices", "value": {"choices": ["day", "dry"]}},
        {"type": "textarea", "value": {"text": ["a note"]}},
    ]);
    let tasks = json!([
        {"id": 1, "data": {"image": "/data/upload/3/1a2b-one%20x.jpg"}, "annotations": [
            {"result": [], "was_cancelled": true, "updated_at": "2027-01-01T00:00:00Z"},
            {"result": regions, "was_cancelled": false, "updated_at": "2026-01-02T03:04:05.678901Z"},
            {"result": [], "was_cancelled": false, "updated_at": "2026-01-01T00:00:00Z"},
        ], "predictions": [{"result": [], "score": 0.9}]},
        {"id": 2, "data": {"image": "s3://bucket/two.png"}, "annotations": [], "predictions": [
            {"score": 0.25, "result": [region("choices", json!({"choices": ["dry"]}))]},
            {"score": 0.75, "result": [region("choices", json!({"choices": ["day"]}))]},
        ]},
        {"id": 3, "data": {"text": "no picture"}, "annotations": [{"result": []}]},
    ]);
    let mut reader = open("label-studio", memory(&[("export.json", tasks.to_string().as_bytes())]));
    assert_eq!(names(reader.as_ref()), ["cat", "day", "dry", "road"]);
    let read: Vec<_> = reader.by_ref().collect();
    let one = &read[0].as_ref().unwrap().item;
    assert_eq!((&*one.name, one.width, one.height, one.shapes.len()), ("data/upload/3/1a2b-one x.jpg", 40, 24, 7));
    assert_eq!((one.origin.machine, one.origin.created_ms), (false, Some(1_767_323_045_678)));
    assert_eq!(outer(&one.shapes[0]), [[4.0, 6.0], [20.0, 6.0], [20.0, 18.0]]);
    assert_eq!((one.shapes[1].instance, &one.shapes[1].geometry), (Some(1), &Geometry::Mask(ring)));
    let corners = outer(&one.shapes[2]);
    assert!(
        corners.iter().zip([[20.0, 12.0], [20.0, 16.0], [14.0, 16.0], [14.0, 12.0]]).all(|(a, b)| (a[0] - b[0]).hypot(a[1] - b[1]) < 1e-9)
    );
    assert_eq!(one.shapes[3].geometry, Geometry::Box { corners: [0.0, 0.0, 10.0, 12.0] });
    assert_eq!(one.shapes[4].geometry, Geometry::Point { point: [10.0, 12.0].into() });
    let two = &read[1].as_ref().unwrap().item;
    assert_eq!((two.origin.machine, two.origin.confidence, two.shapes[0].class), (true, Some(0.75), 2));
    assert!(matches!(&read[2], Err(error) if error.is_of_one_image()), "{:?}", read[2]);
    // The older answer, a second label, and a note.
    assert_eq!(reader.losses().count(Loss::Unsupported), 3);
}

#[test]
fn files_of_labelme_are_read() {
    let data = base64::engine::general_purpose::STANDARD.encode(png_gray8(12, 9, &[3; 108]).unwrap());
    let shape = |kind: &str, points: Value, group: Value| json!({"label": "cat", "points": points, "group_id": group, "shape_type": kind});
    let file = json!({"version": "4.5.6", "flags": {"night": true, "wet": false}, "shapes": [
        shape("polygon", json!([[1, 1], [5, 1], [5, 5.5]]), json!(0)),
        shape("rectangle", json!([[9, 8], [2, 3]]), Value::Null),
        shape("circle", json!([[6, 4], [6, 6]]), json!(1)),
        shape("linestrip", json!([[6, 4], [6, 6]]), Value::Null),
    ], "imagePath": "..\\photos\\one.png", "imageData": data});
    let mut reader = open("labelme", memory(&[("json/one.json", file.to_string().as_bytes())]));
    assert_eq!(names(reader.as_ref()), ["cat", "night"]);
    let read = reader.next().unwrap().unwrap();
    assert_eq!((&*read.item.name, read.item.width, read.item.height, read.picture), ("json/one.png", 12, 9, None));
    assert!(reader.take_picture().unwrap().starts_with(b"\x89PNG"), "the picture lies in the file");
    assert_eq!(read.item.shapes.iter().map(|shape| shape.instance).collect::<Vec<_>>(), [Some(1), None, Some(2), None]);
    assert_eq!(read.item.shapes[1].geometry, Geometry::Box { corners: [2.0, 3.0, 9.0, 8.0] });
    assert_eq!((reader.losses().count(Loss::Rounded), reader.losses().count(Loss::Unsupported)), (1, 1));

    let beside = memory(&[("json/one.json", file.to_string().as_bytes()), ("photos/one.png", &png_gray8(12, 9, &[3; 108]).unwrap())]);
    let read = open("labelme", beside).next().unwrap().unwrap();
    assert_eq!((read.item.name.as_str(), read.picture.as_deref()), ("photos/one.png", Some("photos/one.png")));
}

#[test]
fn manifests_of_several_jobs_are_read() {
    let mut pixels = vec![255; 3 * 12];
    pixels[3..6].copy_from_slice(&[0x2a, 0xcf, 0x59]);
    let mask = png_rgb8(4, 3, &pixels).unwrap();
    let labeled = base64::engine::general_purpose::STANDARD.encode(&mask);
    let map = json!({"0": {"class-name": "BACKGROUND", "hex-color": "#ffffff", "confidence": 0.9},
        "1": {"class-name": "road", "hex-color": "#2acf59", "confidence": 0.9}});
    let box_of = |left: u32| {
        json!({"image_size": [{"width": 4, "height": 3, "depth": 3}],
        "annotations": [{"class_id": 0, "left": left, "top": 0, "width": 2, "height": 2}]})
    };
    let boxes = |status: Option<&str>| {
        let mut metadata = json!({"objects": [{"confidence": 0.5}], "class-map": {"0": "dog"}, "type": "groundtruth/object-detection",
            "human-annotated": "yes", "creation-date": "2026-01-02T03:04:05.678901", "job-name": "labeling-job/j"});
        if let Some(status) = status {
            metadata["adjustment-status"] = status.into();
        }
        metadata
    };
    let lines = [
        json!({"source-ref": "s3://b/in/1.jpg", "street-ref": "s3://b/out/1.png",
            "street-ref-metadata": {"internal-color-map": map, "type": "groundtruth/semantic-segmentation", "human-annotated": "no"},
            "box": box_of(0), "box-metadata": boxes(None), "box-adjusted": box_of(1), "box-adjusted-metadata": boxes(Some("adjusted")),
            "verify-box": "1", "verify-box-metadata": {"class-name": "bad", "type": "groundtruth/label-verification"},
            "species": 0, "species-metadata": {"class-name": "dog", "confidence": 0.94, "type": "groundtruth/image-classification"}}),
        json!({"source": "s3://b/in/2.jpg", "things": {"annotatedResult": {"inputImageProperties": {"height": 3, "width": 4},
            "polygons": [{"label": "cat", "vertices": [{"x": 0, "y": 0}, {"x": 3, "y": 0}, {"x": 3, "y": 3}]}]}}}),
        json!({"source-ref": "s3://b/in/3.jpg", "things": {"annotatedResult": {"inputImageProperties": {"height": 3, "width": 4},
            "instances": [{"color": "#2acf59", "label": "cat"}], "labeledImage": {"pngImageData": labeled}}}}),
        json!({"source": "words, not a picture\nat all"}),
    ];
    let text = lines.iter().map(|line| format!("{line}\r\n")).collect::<String>() + "{\"source-ref\": \n";
    let mut reader = open("manifest", memory(&[("output.manifest", text.as_bytes()), ("out/1.png", &mask)]));
    assert_eq!(names(reader.as_ref()), ["road", "dog", "cat"]);
    let read: Vec<_> = reader.by_ref().collect();
    let one = &read[0].as_ref().unwrap().item;
    // People drew the box, so the image isn't the machine's alone.
    assert_eq!((one.width, one.height, one.origin.machine, one.origin.confidence), (4, 3, false, Some(0.9)));
    assert_eq!(one.origin.created_ms, Some(1_767_323_045_678));
    let of = |class: u8| one.shapes.iter().filter(|shape| shape.class == class).collect::<Vec<_>>();
    assert_eq!(of(1)[0].geometry, Geometry::Mask(mask_of(&[".#..", "....", "...."])));
    assert_eq!((of(2)[0].confidence, &of(2)[0].geometry), (Some(0.5), &Geometry::Box { corners: [1.0, 0.0, 3.0, 2.0] }));
    assert_eq!((of(2)[1].confidence, &of(2)[1].geometry), (Some(0.94), &Geometry::Tag));
    assert_eq!(outer(&read[1].as_ref().unwrap().item.shapes[0]), [[0.0, 0.0], [3.0, 0.0], [3.0, 3.0]]);
    let three = &read[2].as_ref().unwrap().item.shapes[0];
    assert_eq!((three.class, three.instance, &three.geometry), (3, Some(1), &Geometry::Mask(mask_of(&[".#..", "....", "...."]))));
    let failed: Vec<String> = read[3..].iter().map(|read| read.as_ref().unwrap_err().to_string()).collect();
    assert!(failed.len() == 2 && failed[0].contains("line 4") && failed[1].contains("line 5"), "{failed:?}");
    // The box before it was adjusted, and the verification.
    assert_eq!(reader.losses().count(Loss::Unsupported), 2);
}

#[test]
fn folders_for_sagemaker_have_labels_without_gaps() {
    let class = |index, name: &str| Class { index, name: name.into(), color: "#112233".into(), kind: ClassKind::Stuff };
    let schema = Schema { classes: vec![class(3, "road"), class(9, "sky")] };
    let mut writer = writer("manifest", &schema, &json!({"layout": "sagemaker"}), None).unwrap();
    let mut files = MemoryFiles::default();
    let shapes = vec![Shape::mask(9, mask_of(&["##.", "..."]))];
    let item = Item { name: "a/1.jpeg".into(), width: 3, height: 2, shapes, subset: Some(Subset::Validation), ..Item::default() };
    assert!(writer.write(&item, b"\xff\xd8 as it is", &mut files).unwrap());
    let png = writer.write(&item, b"\x89PNG", &mut files);
    assert!(matches!(&png, Err(error) if error.is_of_one_image()), "{png:?}");
    writer.finish(&mut files).unwrap();
    let names: Vec<_> = files.0.keys().map(String::as_str).collect();
    assert_eq!(
        names,
        [
            "classes.json",
            "label_map/train_label_map.json",
            "label_map/validation_label_map.json",
            "validation/a/1.jpg",
            "validation_annotation/a/1.png"
        ]
    );
    let map: Value = serde_json::from_slice(&files.0["label_map/train_label_map.json"]).unwrap();
    assert_eq!(map, json!({"map": {"0": 0, "3": 1, "9": 2, "255": 255}}));
}
