//! Datasets as other people write them: what their files mean, and what is said where they are wrong.

#![allow(clippy::unwrap_used, reason = "helpers of tests stand outside of test functions here")]

use std::sync::Arc;

use labelwright_dataset::exchange::{DatasetReader, ExchangeError, Item, Loss, MemoryFiles};
use labelwright_dataset::formats::png_masks::{png_gray8, png_rgb8};
use labelwright_dataset::formats::registry;
use labelwright_dataset::{Geometry, Shape, Subset, VOID};
use serde_json::{Value, json};

fn files(list: &[(&str, &[u8])]) -> MemoryFiles {
    MemoryFiles(list.iter().map(|(name, bytes)| ((*name).to_owned(), bytes.to_vec())).collect())
}

fn reader(id: &str, files: MemoryFiles, options: &Value) -> Result<Box<dyn DatasetReader>, ExchangeError> {
    registry::reader(id, Arc::new(files), options)
}

fn all(reader: &mut Box<dyn DatasetReader>) -> Vec<Item> {
    reader.map(|read| read.unwrap().item).collect()
}

fn runs(shape: &Shape) -> Vec<u32> {
    match &shape.geometry {
        Geometry::Mask(mask) => mask.runs().to_vec(),
        other => panic!("{other:?} is no mask"),
    }
}

#[test]
fn coco_with_annotations_first_ids_beyond_our_indices_and_crowds() {
    let text = br#"{"annotations": [
        {"id": 1, "image_id": 7, "category_id": 900, "iscrowd": 1, "segmentation": {"size": [3, 4], "counts": [1, 1, 1, 2, 1, 1, 4, 1]}, "area": 5, "bbox": [0,0,4,3]},
        {"id": 2, "image_id": 5, "category_id": 17, "iscrowd": 0, "segmentation": [[0,0, 4,0, 4,3], [1,1]], "area": 6, "bbox": [0,0,4,3], "keypoints": [1,1,2]},
        {"id": 3, "image_id": 7, "category_id": 17, "segmentation": {"size": [3, 4], "counts": "11110O30"}},
        {"id": 4, "image_id": 7, "category_id": 17, "bbox": [1, 1, 2, 1.5], "score": 0.25},
        {"id": 5, "image_id": 7, "category_id": 17, "segmentation": [[0,0, 4,0, 4,3, 0,3], [0,0, 2,0, 2,3, 0,3]], "iscrowd": 0},
        {"id": 6, "image_id": 99, "category_id": 17, "bbox": [1, 1, 2, 2]}],
      "categories": [{"id": 900, "name": "cat"}, {"id": 17, "name": "grass", "isthing": 0}],
      "images": [{"id": 7, "file_name": "b.jpg", "width": 4, "height": 3}, {"id": 5, "file_name": "sub/a.jpg", "width": 4, "height": 3}],
      "extra": {"deep": [[{"x": "]}"}]]}}"#;
    let files =
        files(&[("annotations/instances_val2017.json", text), ("val2017/b.jpg", b"x"), ("annotations/captions_val2017.json", b"{}")]);
    assert!(registry::detect(&files).unwrap().iter().any(|format| format.id == "coco"));
    let mut reader = reader("coco", files, &Value::Null).unwrap();
    assert_eq!(reader.schema().classes.iter().map(|class| (class.index, &*class.name)).collect::<Vec<_>>(), [(1, "cat"), (2, "grass")]);
    let first = reader.next().unwrap().unwrap();
    assert_eq!(first.picture.as_deref(), Some("val2017/b.jpg"));
    let shapes = &first.item.shapes;
    assert_eq!((first.item.subset, shapes.len()), (Some(Subset::Validation), 4));
    let row_runs = [1, 2, 1, 2, 5, 1];
    assert_eq!((shapes[0].class, shapes[0].instance, runs(&shapes[0])), (1, None, row_runs.to_vec()));
    assert_eq!(runs(&shapes[1]), row_runs);
    assert_eq!((shapes[2].confidence, &shapes[2].geometry), (Some(0.25), &Geometry::Box { corners: [1.0, 1.0, 3.0, 2.5] }));
    // One outline within another is no hole in COCO.
    assert_eq!(runs(&shapes[3]), [0, 12]);
    let second = reader.next().unwrap().unwrap();
    assert_eq!((&*second.item.name, second.picture, second.item.shapes.len()), ("sub/a.jpg", None, 1));
    assert!(reader.next().is_none());
    let lost = |loss| reader.losses().count(loss);
    assert_eq!((lost(Loss::Unsupported), lost(Loss::NoArea), lost(Loss::PolygonToMask)), (2, 1, 1));
}

#[test]
fn coco_faults_are_told_with_their_place_and_spare_the_other_images() {
    let text = |annotation: &str| {
        format!(
            "{{\"images\":[{{\"id\":1,\"file_name\":\"a.jpg\",\"width\":4,\"height\":3}},\n{{\"id\":2,\"file_name\":\"b.jpg\",\"width\":4,\"height\":3}}],\n\
             \"categories\":[{{\"id\":1,\"name\":\"cat\"}}],\"annotations\":[\n{{\"image_id\":2,\"category_id\":1,\"bbox\":[0,0,1,1]}},\n{annotation}]}}"
        )
    };
    for (annotation, reason) in [
        (r#"{"image_id":1,"category_id":3}"#, "line 5: category 3 is not listed"),
        (r#"{"image_id":1,"category_id":1,"segmentation":[[1,2,3]]}"#, "3 numbers"),
        (r#"{"image_id":1,"category_id":1,"segmentation":{"size":[3,4],"counts":"1 "}}"#, "line 5"),
        (r#"{"image_id":1,"category_id":1,"segmentation":{"size":[9,9],"counts":[81]}}"#, "9×9"),
        (r#"{"image_id":1,"category_id":1,"segmentation":{"size":[65535,65535],"counts":[1]}}"#, "larger than"),
        (r#"{"image_id":1,"category_id":1,"bbox":[1,2]}"#, "2 numbers"),
        (r#"{"image_id":1,"category_id":"x"}"#, "line 5"),
    ] {
        let text = text(annotation);
        let mut reader = reader("coco", files(&[("annotations/instances_train.json", text.as_bytes())]), &Value::Null).unwrap();
        let error = reader.next().unwrap().unwrap_err();
        assert!(error.is_of_one_image() && error.to_string().contains(reason), "{error}");
        assert_eq!(reader.next().unwrap().unwrap().item.shapes.len(), 1);
    }
    for (text, reason) in [("{\"images\":[\n{\"id\":1}]}", "line 2"), ("[]", "line 1"), ("{\"images\":[", "line 1")] {
        let error = reader("coco", files(&[("instances.json", text.as_bytes())]), &Value::Null).err().unwrap();
        assert!(error.to_string().contains(reason), "{error}");
    }
    let hostile = r#"{"images":[{"id":1,"file_name":"../../etc/passwd","width":4,"height":3}],"categories":[],"annotations":[]}"#;
    let mut reader = reader("coco", files(&[("instances.json", hostile.as_bytes())]), &Value::Null).unwrap();
    assert!(matches!(reader.next(), Some(Err(ExchangeError::Name(_)))));
}

#[test]
fn voc_below_its_devkit_without_a_label_map() {
    let xml = br#"<?xml version="1.0"?><annotation><folder>VOC2012</folder><filename>2007_01.jpg</filename>
        <size><width>4</width><height>3</height><depth>3</depth></size>
        <object><name>dog</name><difficult>1</difficult><bndbox><xmax>3</xmax><xmin>1</xmin><ymin>1</ymin><ymax>2</ymax></bndbox></object>
        <object><name>person</name><bndbox><xmin>2.5</xmin><ymin>1</ymin><xmax>4</xmax><ymax>3</ymax></bndbox>
          <part><name>head</name><bndbox><xmin>9</xmin><ymin>9</ymin><xmax>9</xmax><ymax>9</ymax></bndbox></part></object></annotation>"#;
    // A dog (12) of three by two pixels with a void border on its right.
    let classes = png_gray8(4, 3, &[12, 12, 12, 255, 12, 12, 12, 255, 0, 0, 0, 0]).unwrap();
    let objects = png_gray8(4, 3, &[1, 1, 1, 255, 1, 1, 1, 255, 0, 0, 0, 0]).unwrap();
    let root = "VOCdevkit/VOC2012";
    let name = |rest: &str| format!("{root}/{rest}");
    let files = MemoryFiles(
        [
            (name("Annotations/2007_01.xml"), xml.to_vec()),
            (name("SegmentationClass/2007_01.png"), classes),
            (name("SegmentationObject/2007_01.png"), objects),
            (name("JPEGImages/2007_01.jpg"), b"x".to_vec()),
            (name("ImageSets/Main/train.txt"), b"2007_01\n".to_vec()),
            (name("ImageSets/Main/dog_train.txt"), b"2007_01  1\n".to_vec()),
            (name("ImageSets/Main/trainval.txt"), b"2007_01\n".to_vec()),
        ]
        .into(),
    );
    let mut reader = reader("voc", files.clone(), &Value::Null).unwrap();
    assert_eq!((reader.schema().classes.len(), reader.schema().class(12).map(|class| &*class.name)), (20, Some("dog")));
    let items = all(&mut reader);
    assert_eq!((items.len(), &*items[0].name, items[0].subset), (1, "2007_01.jpg", Some(Subset::Train)));
    let shapes = &items[0].shapes;
    // The dog's box is around its pixels, so it is the same object; the person has a box alone.
    assert_eq!(shapes.iter().map(|shape| (shape.class, shape.instance)).collect::<Vec<_>>(), [(12, Some(1)), (VOID, None), (15, None)]);
    assert_eq!(shapes[2].geometry, Geometry::Box { corners: [1.5, 0.0, 4.0, 3.0] });
    assert_eq!(reader.losses().count(Loss::Unsupported), 2);
    let zero = all(&mut self::reader("voc", files, &json!({"zero_based": true})).unwrap());
    assert_eq!(zero[0].shapes.last().unwrap().geometry, Geometry::Box { corners: [2.5, 1.0, 4.0, 3.0] });
}

#[test]
fn yolo_as_roboflow_lays_it_out() {
    let picture = png_gray8(10, 20, &[0; 200]).unwrap();
    let label = b"1 0.5 0.5 0.2 0.1\n0 0.1 0.1 0.9 0.1 0.9 0.9\n\n1.0 0.5 0.5 1 1 0.75\n";
    let yaml = b"train: ../train/images\nval: ../valid/images\nnames: ['cat', 'dog']\nnc: 2\n";
    let good = files(&[
        ("data.yaml", yaml),
        ("train/images/a.rf.12.png", &picture),
        ("train/labels/a.rf.12.txt", label),
        ("valid/images/b.png", &picture),
    ]);
    let items = all(&mut reader("yolo-seg", good, &Value::Null).unwrap());
    assert_eq!(
        items.iter().map(|item| (&*item.name, item.subset)).collect::<Vec<_>>(),
        [("a.rf.12.png", Some(Subset::Train)), ("b.png", Some(Subset::Validation))]
    );
    assert_eq!(items[0].shapes[0].geometry, Geometry::Box { corners: [4.0, 9.0, 6.0, 11.0] });
    assert_eq!((items[0].shapes[1].class, items[0].shapes[1].instance, items[0].shapes[2].class), (1, Some(1), 2));
    assert!(items[1].shapes.is_empty());
    for (label, reason) in
        [("5 0.5 0.5 0.2 0.1", "class 5"), ("x", "number of its class"), ("0 0.5 nan 0.2 0.1", "'nan'"), ("\n0 1 2", "line 2")]
    {
        let bad = files(&[("data.yaml", yaml), ("images/a.png", &picture), ("labels/a.txt", label.as_bytes())]);
        let error = reader("yolo", bad, &Value::Null).unwrap().next().unwrap().unwrap_err();
        assert!(error.is_of_one_image() && error.to_string().contains(reason), "{error}");
    }
}

#[test]
fn camvid_in_its_own_colours_and_in_segnets_indices() {
    let picture = png_gray8(2, 1, &[0, 0]).unwrap();
    let colours = png_rgb8(2, 1, &[64, 0, 128, 0, 0, 0]).unwrap();
    let original = files(&[
        ("label_colors.txt", b"64 128 64\tAnimal\n64 0 128\tCar Luggage\n0 0 0\t\tVoid\n"),
        ("701_StillsRaw_full/0001.png", &picture),
        ("LabeledApproved_full/0001_L.png", &colours),
    ]);
    let mut read = reader("camvid", original, &Value::Null).unwrap();
    assert_eq!(read.schema().classes[1].name, "Car Luggage");
    let items = all(&mut read);
    assert_eq!((&*items[0].name, items[0].shapes.iter().map(|shape| shape.class).collect::<Vec<_>>()), ("0001.png", vec![2, VOID]));
    let indices = png_gray8(2, 1, &[0, 11]).unwrap();
    let segnet = files(&[
        ("train.txt", b"/SegNet/CamVid/train/a.png /SegNet/CamVid/trainannot/a.png\n"),
        ("train/a.png", &picture),
        ("trainannot/a.png", &indices),
    ]);
    let mut read = reader("camvid", segnet, &Value::Null).unwrap();
    let items = all(&mut read);
    assert_eq!(items[0].shapes.iter().map(|shape| shape.class).collect::<Vec<_>>(), [1, VOID]);
    assert_eq!((read.schema().classes[0].name.as_str(), items[0].subset), ("Sky", Some(Subset::Train)));
}

#[test]
fn cityscapes_with_its_own_labels() {
    let json = br#"{"imgHeight": 3, "imgWidth": 4, "objects": [
        {"label": "road", "polygon": [[0, 0], [4, 0], [4, 3], [0, 3]]}, {"label": "out of roi", "polygon": [[0, 0], [1, 0], [1, 3], [0, 3]]},
        {"label": "car", "polygon": [[1, 0], [2, 0], [2, 1], [1, 1]]}, {"label": "cargroup", "polygon": [[2, 0], [4, 0], [4, 1], [2, 1]]},
        {"label": "polegroup", "polygon": [[2, 1], [4, 1], [4, 2], [2, 2]]}, {"label": "car", "deleted": 1, "polygon": []},
        {"label": "license plate", "polygon": [[1, 0], [2, 0], [2, 1]]}]}"#;
    let base = "gtFine/val/lindau/lindau_000000_000019";
    let name = format!("{base}_gtFine_polygons.json");
    let mut read = reader("cityscapes", files(&[(&name, json)]), &Value::Null).unwrap();
    let items = all(&mut read);
    assert_eq!((&*items[0].name, items[0].subset), ("lindau/lindau_000000_000019.png", Some(Subset::Validation)));
    let found: Vec<_> = items[0].shapes.iter().map(|shape| (shape.class, shape.instance)).collect();
    assert_eq!(found, [(7, None), (VOID, None), (26, Some(1)), (26, None), (18, None)]);
    assert_eq!((runs(&items[0].shapes[3]), read.losses().count(Loss::Unsupported)), (vec![2, 2, 8], 1));
    let unknown = br#"{"imgHeight": 3, "imgWidth": 4, "objects": [{"label": "unicorn", "polygon": []}]}"#;
    let error = reader("cityscapes", files(&[(&name, unknown)]), &Value::Null).unwrap().next().unwrap().unwrap_err();
    assert!(error.to_string().contains("unicorn"), "{error}");
}

#[test]
fn masks_without_an_explanation() {
    let mask = png_gray8(2, 2, &[0, 3, 3, 255]).unwrap();
    let mut read = reader("png-masks", files(&[("masks/x.png", &mask), ("images/x.jpg", b"")]), &Value::Null).unwrap();
    assert_eq!(read.schema().classes.iter().map(|class| (class.index, &*class.name)).collect::<Vec<_>>(), [(3, "class 3")]);
    let items = all(&mut read);
    assert_eq!((&*items[0].name, items[0].shapes.len()), ("x.jpg", 2));
}
