"""Makes the files in `dataset/tests/fixtures` with other people's writers, so that the tests read them without Python.

    python3 dataset/tools/make_fixtures.py dataset/tests/fixtures

Needs label-studio-sdk and datumaro (label-studio-sdk 2.1.2 and datumaro 1.13.12 made the files as they are). Everything is drawn here.
"""

import json
import shutil
import sys
from pathlib import Path

import numpy as np
from label_studio_sdk.converter import brush


def masks():
    rows, columns = np.mgrid[0:24, 0:40]
    ring = (abs(rows - 12) + abs(columns - 20) < 10) & (abs(rows - 12) + abs(columns - 20) > 4)
    noise = np.random.default_rng(7).integers(0, 2, (9, 11)) == 1
    return {
        "ring": ring,
        "noise": noise,
        "full": np.ones((5, 7), bool),
        "pixel": (np.arange(12) == 7).reshape(3, 4),
        "last": (np.arange(12) == 11).reshape(3, 4),
    }


def brushes(folder):
    lines = []
    for name, mask in masks().items():
        rle = [int(byte) for byte in brush.mask2rle(mask.astype(np.uint8) * 255)]
        again = np.reshape(brush.decode_rle(rle), [*mask.shape, 4])[:, :, 3] > 127
        assert (again == mask).all(), name
        rows = ["".join("#" if pixel else "." for pixel in row) for row in mask]
        lines.append(json.dumps({"name": name, "rle": rle, "rows": rows}))
    (folder / "brushes.jsonl").write_text("\n".join(lines) + "\n")


def datasets(folder):
    from datumaro.components.annotation import Bbox, Label, Mask, Points, Polygon
    from datumaro.components.dataset import Dataset
    from datumaro.components.dataset_base import DatasetItem
    from datumaro.components.media import Image

    mask = masks()["ring"]
    annotations = [
        Polygon([2, 3, 12.5, 3, 12.5, 14, 2, 14], label=0, id=1, group=1, z_order=0),
        Polygon([20, 3, 30, 3, 25, 11.25], label=0, id=2, group=1, z_order=0),
        Mask(mask.astype(np.uint8), label=1, id=3, group=2, z_order=1),
        Bbox(4, 5, 10.5, 7, label=1, id=4, group=3, z_order=2),
        Points([7, 8.5], label=0, id=5),
        Label(1),
    ]
    picture = Image.from_numpy(data=np.zeros((24, 40, 3), np.uint8))
    items = [
        DatasetItem(id="a/one", subset="train", media=picture, annotations=annotations),
        DatasetItem(id="two", subset="val", media=picture, annotations=[]),
    ]
    dataset = Dataset.from_iterable(items, categories=["cat", "street"])
    for kind in ("datumaro", "cvat"):
        target = folder / kind
        shutil.rmtree(target, ignore_errors=True)
        dataset.export(str(target), kind, save_media=False)


folder = Path(sys.argv[1])
folder.mkdir(parents=True, exist_ok=True)
brushes(folder)
datasets(folder)
