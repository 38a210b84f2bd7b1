"""Writes tests/golden/pillow.json: what Pillow and torchvision's functional operations make of a small picture.

Needs pillow and numpy. torchvision's adjust_brightness, adjust_contrast, adjust_saturation and adjust_hue on PIL images are ImageEnhance and the
HSV conversion used here.

    python ml/data/tools/pillow_golden.py ml/data/tests/golden/pillow.json
"""

import json
import sys

import numpy as np
import PIL
from PIL import Image, ImageEnhance

WIDTH, HEIGHT = 12, 8


def picture():
    """The same formula stands in the test."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    planes = [(x * 37 + y * 11) % 256, (x * 5 + y * 53 + 40) % 256, (x * y * 7 + 90) % 256]
    return Image.fromarray(np.stack(planes, -1).astype(np.uint8))


def mask():
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    return Image.fromarray(((x // 3 + 5 * (y // 2)) % 7).astype(np.uint8))


def hue(image, part):
    h, s, v = image.convert("HSV").split()
    turned = (np.array(h).astype(np.int32) + int(part * 255)) % 256
    return Image.merge("HSV", (Image.fromarray(turned.astype(np.uint8)), s, v)).convert("RGB")


def main(path):
    image, classes = picture(), mask()
    values = lambda made: {"size": list(made.size), "values": np.array(made).flatten().tolist()}
    golden = {
        "pillow": PIL.__version__,
        "brightness 1.3": values(ImageEnhance.Brightness(image).enhance(1.3)),
        "brightness 0.6": values(ImageEnhance.Brightness(image).enhance(0.6)),
        "contrast 1.5": values(ImageEnhance.Contrast(image).enhance(1.5)),
        "contrast 0.5": values(ImageEnhance.Contrast(image).enhance(0.5)),
        "saturation 1.7": values(ImageEnhance.Color(image).enhance(1.7)),
        "saturation 0.4": values(ImageEnhance.Color(image).enhance(0.4)),
        "hue 0.2": values(hue(image, 0.2)),
        "hue -0.1": values(hue(image, -0.1)),
        "resize 7 5": values(image.resize((7, 5), Image.BILINEAR)),
        "resize 31 20": values(image.resize((31, 20), Image.BILINEAR)),
        "rotate 90": values(image.transpose(Image.ROTATE_270)),
        "rotate 30": values(image.rotate(-30, Image.BILINEAR, fillcolor=(9, 9, 9))),
        "mask 7 5": values(classes.resize((7, 5), Image.NEAREST)),
        "mask 31 20": values(classes.resize((31, 20), Image.NEAREST)),
    }
    with open(path, "w") as file:
        json.dump(golden, file, separators=(",", ":"))
        file.write("\n")


main(sys.argv[1])
