"""EfficientNet-Lite0 features in plain numpy and float64: an independent reference for the network in `src/models/efficientnet_lite.rs`.

    python reference.py WEIGHTS.safetensors > ../tests/fixtures/efficientnet_lite0_64.json

WEIGHTS is the float32 backbone (see `../weights/ORIGIN.md`). The input is a 64×64 picture made by a formula (`picture`), so that it need not
be stored. For each level the fixture holds the shape, the sum, the mean of the absolute values and 64 values at evenly spaced places.
"""

import json
import struct
import sys

import numpy as np

# repeats, kernel, stride, expansion, output channels
STAGES = [(1, 3, 1, 1, 16), (2, 3, 2, 6, 24), (2, 5, 2, 6, 40), (3, 3, 2, 6, 80), (3, 5, 1, 6, 112), (4, 5, 2, 6, 192), (1, 3, 1, 6, 320)]
# A level is what the last block of these stages gives: strides 2, 4, 8, 16 and 32.
LEVELS = [0, 1, 2, 4, 6]
EPSILON = 1e-3


def load(path):
    with open(path, "rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(length))
        data = file.read()
    out = {}
    for name, entry in header.items():
        if name == "__metadata__" or entry["dtype"] != "F32":
            continue
        start, end = entry["data_offsets"]
        out[name] = np.frombuffer(data[start:end], "<f4").astype(np.float64).reshape(entry["shape"])
    return out


def picture(side):
    """Three channels of bytes: ramps of different slopes, wrapped, with a pattern of products."""
    y, x, c = np.meshgrid(np.arange(side), np.arange(side), np.arange(3), indexing="ij")
    return ((7 * x + 13 * y + 29 * c + (x * y) % 31) % 256).astype(np.uint8)


def same_padding(x, kernel, stride):
    """TensorFlow's rule: just enough zeros that the output has ceil(n / stride) places, the odd one at the end."""
    pads = [(0, 0)]
    for size in x.shape[1:]:
        total = max((-(-size // stride) - 1) * stride + kernel - size, 0)
        pads.append((total // 2, total - total // 2))
    return np.pad(x, pads)


def conv(x, weight, stride, depthwise=False):
    kernel = weight.shape[-1]
    x = same_padding(x, kernel, stride)
    windows = np.lib.stride_tricks.sliding_window_view(x, (kernel, kernel), axis=(1, 2))[:, ::stride, ::stride]
    if depthwise:
        return np.einsum("chwij,cij->chw", windows, weight[:, 0])
    return np.einsum("chwij,ocij->ohw", windows, weight)


def norm(x, weights, name):
    scale = weights[f"{name}.weight"] / np.sqrt(weights[f"{name}.running_var"] + EPSILON)
    shift = weights[f"{name}.bias"] - weights[f"{name}.running_mean"] * scale
    return x * scale[:, None, None] + shift[:, None, None]


def relu6(x):
    return np.clip(x, 0.0, 6.0)


def features(x, weights):
    x = relu6(norm(conv(x, weights["_conv_stem.weight"], 2), weights, "_bn0"))
    levels, index, channels = [], 0, 32
    for stage, (repeats, _, stride, expansion, out) in enumerate(STAGES):
        for repeat in range(repeats):
            name, skip, step = f"_blocks.{index}", x, stride if repeat == 0 else 1
            if expansion != 1:
                x = relu6(norm(conv(x, weights[f"{name}._expand_conv.weight"], 1), weights, f"{name}._bn0"))
            x = relu6(norm(conv(x, weights[f"{name}._depthwise_conv.weight"], step, depthwise=True), weights, f"{name}._bn1"))
            x = norm(conv(x, weights[f"{name}._project_conv.weight"], 1), weights, f"{name}._bn2")
            if step == 1 and channels == out:
                x = x + skip
            channels, index = out, index + 1
        if stage in LEVELS:
            levels.append(x)
    return levels


def main():
    weights = load(sys.argv[1])
    x = (picture(64).astype(np.float64).transpose(2, 0, 1) - 127.0) / 128.0
    out = []
    for level in features(x, weights):
        flat = level.reshape(-1)
        places = np.unique(np.linspace(0, flat.size - 1, 64).astype(int))
        out.append({
            "shape": list(level.shape),
            "sum": float(flat.sum()),
            "mean_abs": float(np.abs(flat).mean()),
            "places": places.tolist(),
            "values": [float(f"{v:.8g}") for v in flat[places]],
        })
    print(json.dumps({"side": 64, "levels": out}))


main()
