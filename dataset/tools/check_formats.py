"""Compares the samples of `format_samples` with what other people's readers make of them.

    cargo run -p labelwright-dataset --example format_samples -- FOLDER
    python3 check_formats.py FOLDER [--need pycocotools,datumaro,cityscapesscripts]

Needs numpy, pillow and pycocotools; datumaro and cityscapesscripts are used where they are installed. Every check prints a line; the
exit status is 1 if one failed, and 2 if a package named after --need is missing.
"""

import json
import sys
from pathlib import Path

import numpy as np
from PIL import Image

FAILED = []


def check(what, good, more=""):
    print(("ok      " if good else "FAILED  ") + what + (f": {more}" if more and not good else ""))
    if not good:
        FAILED.append(what)


class Truth:
    """What the dataset says, drawn by Labelwright itself."""

    def __init__(self, folder):
        self.items = json.loads((folder / "truth/items.json").read_text())
        self.classes = {c["index"]: c for c in json.loads((folder / "truth/classes.json").read_text())["classes"]}
        self.losses = json.loads((folder / "truth/losses.json").read_text())
        for number, item in enumerate(self.items):
            item["stem"] = item["name"].rsplit(".", 1)[0]
            item["classes"] = np.array(Image.open(folder / f"truth/{number}_classes.png"))
            item["things"] = np.array(Image.open(folder / f"truth/{number}_things.png"))
        self.by_stem = {item["stem"]: item for item in self.items}

    def words(self, subset):
        return [item for item in self.items if item["subset"] == {"val": "validation"}.get(subset, subset)]


def covered(item, shape):
    """The pixels of one shape by the rule of pixel centres; only for shapes that nothing hides."""
    return (item["classes"] == shape["class"]) & (item["things"] == shape["instance"])


def coco(folder, truth):
    from pycocotools import mask as rle
    from pycocotools.coco import COCO

    for subset in ("train", "val", "test"):
        data = COCO(str(folder / f"coco/annotations/instances_{subset}.json"))
        items = {item["name"]: item for item in truth.words(subset)}
        images = {image["file_name"]: image for image in data.loadImgs(data.getImgIds())}
        check(f"coco {subset}: the images", set(images) == set(items))
        names = {category["id"]: category["name"] for category in data.loadCats(data.getCatIds())}
        check(f"coco {subset}: the categories", names == {index: c["name"] for index, c in truth.classes.items()})
        for name, item in items.items():
            annotations = data.loadAnns(data.getAnnIds(imgIds=[images[name]["id"]]))
            areas = [a for a in annotations if a["segmentation"]]
            boxes = [a for a in annotations if not a["segmentation"]]
            shapes = [s for s in item["shapes"] if s["class"] != 255]
            check(f"coco {name}: the number of objects", len(annotations) == len(shapes))
            given = [s["box"] for s in shapes if s["type"] == "box"]
            check(f"coco {name}: boxes", [[x, y, x + w, y + h] for x, y, w, h in (b["bbox"] for b in boxes)] == given)
            for annotation, shape in zip(areas, [s for s in shapes if s["type"] != "box"]):
                mask = data.annToMask(annotation).astype(bool)
                code = data.annToRLE(annotation)
                label = f"coco {name} {names[annotation['category_id']]} {shape.get('instance', '')}"
                check(f"{label}: class", annotation["category_id"] == shape["class"])
                if isinstance(annotation["segmentation"], dict):
                    # Void hides what is below it in the class map only.
                    seen = covered(item, shape) if "instance" in shape else item["classes"] == shape["class"]
                    check(f"{label}: pixels of the run-length code", np.array_equal(mask & (item["classes"] != 255), seen))
                    check(f"{label}: area and box", annotation["area"] == rle.area(code) and list(rle.toBbox(code)) == annotation["bbox"])
                    again = rle.encode(np.asfortranarray(mask.astype(np.uint8)))["counts"].decode()
                    check(f"{label}: pycocotools codes it alike", again == annotation["segmentation"]["counts"])
                else:
                    # pycocotools draws outlines thicker by about half a pixel.
                    edge = sum(len(ring) // 2 for ring in annotation["segmentation"]) + 2 * sum(annotation["bbox"][2:])
                    check(f"{label}: area of the polygon", abs(float(rle.area(code)) - annotation["area"]) <= edge)
                    near = np.abs(np.array(rle.toBbox(code)) - np.array(annotation["bbox"])).max() <= 1.5
                    check(f"{label}: box of the polygon", near, f"{rle.toBbox(code)} {annotation['bbox']}")


def panoptic(folder, truth):
    for subset in ("train", "val", "test"):
        base = folder / f"coco-panoptic/annotations/panoptic_{subset}"
        data = json.loads(base.with_suffix(".json").read_text())
        images = {image["id"]: image for image in data["images"]}
        for annotation in data["annotations"]:
            item = truth.by_stem[images[annotation["image_id"]]["file_name"].rsplit(".", 1)[0]]
            rgb = np.array(Image.open(base / annotation["file_name"])).astype(np.uint32)
            ids = rgb[..., 0] + 256 * rgb[..., 1] + 65536 * rgb[..., 2]
            classes = np.zeros_like(ids)
            good = True
            for segment in annotation["segments_info"]:
                here = ids == segment["id"]
                rows, columns = np.nonzero(here)
                box = [columns.min(), rows.min(), columns.max() - columns.min() + 1, rows.max() - rows.min() + 1]
                good &= segment["area"] == here.sum() and [int(n) for n in box] == segment["bbox"]
                good &= len(np.unique(item["things"][here])) == 1
                classes[here] = segment["category_id"]
            check(f"coco-panoptic {item['name']}: segments", bool(good))
            check(f"coco-panoptic {item['name']}: pixels", np.array_equal(classes, np.where(item["classes"] == 255, 0, item["classes"])))


def png_masks(folder, truth):
    for item in truth.items:
        mask = Image.open(folder / f"png-masks/masks/{item['subset']}/{item['stem']}.png")
        check(f"png-masks {item['name']}: Pillow's mode and pixels", mask.mode == "P" and np.array_equal(np.array(mask), item["classes"]))
        things = np.array(Image.open(folder / f"png-masks/instances/{item['subset']}/{item['stem']}.png"))
        check(f"png-masks {item['name']}: things", np.array_equal(things > 0, item["things"] > 0) and things.max() == item["things"].max())


def voc(folder, truth):
    import xml.etree.ElementTree as xml

    root = folder / "voc"
    for item in truth.items:
        mask = Image.open(root / f"SegmentationClass/{item['stem']}.png")
        check(f"voc {item['name']}: Pillow's mode and pixels", mask.mode == "P" and np.array_equal(np.array(mask), item["classes"]))
        palette = np.array(mask.getpalette()).reshape(-1, 3)
        colors = all("#%02x%02x%02x" % tuple(palette[index]) == c["color"] for index, c in truth.classes.items())
        check(f"voc {item['name']}: palette", colors and list(palette[0]) == [0, 0, 0] and list(palette[255]) == [224, 224, 192])
        things = np.array(Image.open(root / f"SegmentationObject/{item['stem']}.png"))
        pairs = {(int(a), int(b)) for a, b in zip(things[things % 255 > 0], item["things"][things % 255 > 0])}
        check(f"voc {item['name']}: objects", len(pairs) == len({a for a, _ in pairs}) == len({b for _, b in pairs}))
        tree = xml.parse(root / f"Annotations/{item['stem']}.xml").getroot()
        for number, found in enumerate(tree.iterfind("object"), 1):
            box = [float(found.find(f"bndbox/{side}").text) for side in ("xmin", "ymin", "xmax", "ymax")]
            rows, columns = np.nonzero(things == number)
            if len(rows):
                wanted = [columns.min() + 1, rows.min() + 1, columns.max() + 1, rows.max() + 1]
                check(f"voc {item['name']}: box of object {number}", box == [float(n) for n in wanted])


def yolo(folder, truth):
    """The rules of Ultralytics' `verify_image_label`: one class and pairs of numbers in [0, 1] a line, a label for each picture."""
    for kind in ("yolo", "yolo-seg"):
        text = (folder / kind / "data.yaml").read_text()
        names = [json.loads(line.split(":", 1)[1]) for line in text.splitlines() if line.startswith("  ")]
        check(f"{kind}: names", names == [c["name"] for _, c in sorted(truth.classes.items())])
        check(f"{kind}: folders", all(f"{word}: images/{word}\n" in text for word in ("train", "val", "test")))
        for item in truth.items:
            word = {"validation": "val"}.get(item["subset"], item["subset"])
            flat = item["stem"].split("/")[-1]
            check(f"{kind} {item['name']}: picture", (folder / kind / f"images/{word}/{flat}.png").is_file())
            lines = (folder / kind / f"labels/{word}/{flat}.txt").read_text().splitlines()
            rows = [[float(n) for n in line.split()] for line in lines]
            shapes = [s for s in item["shapes"] if s["class"] != 255 and (kind == "yolo" or s["type"] != "box")]
            check(f"{kind} {item['name']}: the number of objects", len(rows) == len(shapes))
            length = (lambda row: len(row) == 5) if kind == "yolo" else (lambda row: len(row) >= 7 and len(row) % 2 == 1)
            check(f"{kind} {item['name']}: lines", all(length(r) and 0 <= min(r[1:]) and max(r[1:]) <= 1 for r in rows))
            order = sorted(truth.classes)
            check(f"{kind} {item['name']}: classes", sorted(order[int(r[0])] for r in rows) == sorted(s["class"] for s in shapes))


def cityscapes(folder, truth):
    from cityscapesscripts.helpers.labels import id2label, name2label

    for item in truth.items:
        word = {"validation": "val"}.get(item["subset"], item["subset"])
        base = folder / "cityscapes/gtFine" / word / f"{item['stem']}_gtFine_"
        part = lambda name: np.array(Image.open(f"{base}{name}.png"))
        ids = part("labelIds")
        names = {0: "unlabeled", 255: "out of roi"} | {index: c["name"] for index, c in truth.classes.items()}
        wanted = np.vectorize(lambda index: name2label[names[index]].id)(item["classes"])
        check(f"cityscapes {item['name']}: label ids", np.array_equal(ids, wanted))
        trains = np.vectorize(lambda index: id2label[index].trainId)(wanted)
        check(f"cityscapes {item['name']}: train ids", np.array_equal(part("labelTrainIds"), trains))
        colors = np.array([id2label[index].color for index in wanted.ravel()]).reshape(*wanted.shape, 3)
        check(f"cityscapes {item['name']}: colours", np.array_equal(part("color"), colors))
        instances = part("instanceIds").astype(int)
        check(f"cityscapes {item['name']}: instance ids", np.array_equal(np.where(instances < 1000, instances, instances // 1000), wanted))
        check(f"cityscapes {item['name']}: things", np.array_equal(instances >= 1000, item["things"] > 0))
        from cityscapesscripts.helpers.annotation import Annotation
        from cityscapesscripts.preparation.json2labelImg import createLabelImage

        annotation = Annotation()
        annotation.fromJsonFile(f"{base}polygons.json")
        drawn = np.array(createLabelImage(annotation, "ids"))
        # Its own tool draws polygons with Pillow, which fills the pixels of the outline, too.
        check(f"cityscapes {item['name']}: json2labelImg draws nearly the same", (drawn == ids).mean() > 0.97, str((drawn == ids).mean()))


def datumaro(folder, truth):
    from datumaro.components.annotation import AnnotationType
    from datumaro.components.dataset import Dataset

    names = {index: c["name"] for index, c in truth.classes.items()}
    # What each of its readers calls the format, whether it gives masks, and how it spells the classes.
    plain = lambda name: name
    for kind, called, masks, spelled in [
        ("coco", "coco_instances", True, plain),
        ("coco-panoptic", "coco_panoptic", True, plain),
        ("voc", "voc_segmentation", True, plain),
        ("camvid", "camvid", True, plain),
        ("cityscapes", "cityscapes", True, lambda name: name.replace(" ", "")),
        ("yolo", "yolo", False, plain),
    ]:
        try:
            data = Dataset.import_from(str(folder / kind), called)
        except Exception as error:  # noqa: BLE001
            check(f"datumaro {kind}: reads it", False, repr(error))
            continue
        categories = data.categories()[AnnotationType.label]
        found = {}
        for item in data:
            stem = item.id.replace("\\", "/")
            found[stem.removesuffix("_leftImg8bit")] = (item.subset, item.annotations)
        if kind == "yolo":
            found = {f"town/{stem}": value for stem, value in found.items()}
        check(f"datumaro {kind}: images", set(found) == set(truth.by_stem), str(sorted(found)[:3]))
        for stem, item in truth.by_stem.items():
            subset, annotations = found.get(stem, (None, []))
            check(f"datumaro {kind} {stem}: subset", subset == {"validation": "val"}.get(item["subset"], item["subset"]), str(subset))
            if not masks:
                wanted = sorted(names[s["class"]] for s in item["shapes"] if s["class"] != 255)
                check(f"datumaro {kind} {stem}: objects", sorted(categories[a.label].name for a in annotations) == wanted)
                continue
            for index, name in names.items():
                # The first of its train ids counts as background there, and is never given; of VOC it gives objects alone.
                if (kind == "cityscapes" and index == 7) or (kind == "voc" and truth.classes[index]["kind"] == "stuff"):
                    continue
                areas = [a for a in annotations if categories[a.label].name == spelled(name)]
                union = np.zeros(item["classes"].shape, bool)
                for area in areas:
                    if area.type == AnnotationType.mask:
                        union |= area.image.astype(bool)
                    elif area.type == AnnotationType.polygon:
                        from datumaro.util.mask_tools import rles_to_mask
                        from pycocotools import mask as rle

                        height, width = union.shape
                        union |= rle.decode(rle.merge(rle.frPyObjects([area.points], height, width))).astype(bool)
                known = item["classes"] != 255
                differ = int(((union != (item["classes"] == index)) & known).sum())
                # Only COCO's polygons are drawn by another rule; and there, what lies on top is not cut out below.
                if kind != "coco":
                    check(f"datumaro {kind} {stem} {name}: pixels", differ == 0, f"{differ} differ")
                elif name in ("person", "car"):
                    check(f"datumaro {kind} {stem} {name}: pixels", differ <= 0.12 * union.sum(), f"{differ} of {union.sum()} differ")


def main():
    folder = Path(sys.argv[1])
    needed = sys.argv[3].split(",") if sys.argv[2:3] == ["--need"] else []
    truth = Truth(folder)
    for package, checks in [
        ("numpy", [png_masks, panoptic, voc, yolo]),
        ("pycocotools", [coco]),
        ("cityscapesscripts", [cityscapes]),
        ("datumaro", [datumaro]),
    ]:
        try:
            __import__(package)
        except ImportError:
            print(f"NOT RUN {', '.join(c.__name__ for c in checks)}: {package} is not installed")
            if package in needed:
                sys.exit(2)
            continue
        for run in checks:
            run(folder, truth)
    print(f"{len(FAILED)} checks failed" if FAILED else "all checks passed")
    sys.exit(1 if FAILED else 0)


main()
