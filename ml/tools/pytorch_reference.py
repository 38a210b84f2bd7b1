"""What PyTorch computes, for the networks in `src/models`.

    python pytorch_reference.py golden ../tests/fixtures/pytorch.json    # outputs for weights made by a formula; kept in the repository
    python pytorch_reference.py files FOLDER                             # random weights as torch.save writes them, with inputs and outputs
    python pytorch_reference.py strict FILE.safetensors MODEL CLASSES    # whether torchvision loads an exported file strictly
    python pytorch_reference.py speed                                    # CPU milliseconds of a forward pass at 256×256

Needs torch, torchvision, numpy and safetensors. torchvision's own networks are used wherever it has them: FCN and DeepLabV3 over ResNet-50 and 101, all ResNets. What it
hasn't is written here from the papers: PSPNet, DeepLabV3+, dilated ResNet-18, EfficientNet-Lite (from the TensorFlow sources' description).
"""

import json
import sys
import time

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F
from torchvision.models import resnet, segmentation
from torchvision.models._utils import IntermediateLayerGetter
from torchvision.models.segmentation.deeplabv3 import ASPP, DeepLabHead
from torchvision.models.segmentation.fcn import FCNHead

CLASSES = 5
GOLDEN = [
    "fcn_resnet50", "deeplabv3_resnet50", "psp_resnet50", "deeplabv3plus_resnet50", "fcn_resnet18", "deeplabv3_resnet34", "psp_resnet101",
    "fcn_efficientnet_lite0", "psp_efficientnet_lite1", "deeplabv3plus_efficientnet_lite2",
]


class DilatedBasicBlock(resnet.BasicBlock):
    """torchvision's basic block refuses dilation; both its convolutions are dilated here."""

    def __init__(self, inplanes, planes, stride=1, downsample=None, groups=1, base_width=64, dilation=1, norm_layer=None):
        super().__init__(inplanes, planes, stride, downsample, groups, base_width, 1, norm_layer)
        for conv in (self.conv1, self.conv2):
            conv.dilation, conv.padding = (dilation, dilation), (dilation, dilation)


class LiteUnit(nn.Module):
    def __init__(self, inputs, outputs, kernel, stride, expansion, dilation):
        super().__init__()
        hidden = inputs * expansion
        norm = lambda channels: nn.BatchNorm2d(channels, eps=1e-3, momentum=0.01)
        if expansion != 1:
            self._expand_conv, self._bn0 = nn.Conv2d(inputs, hidden, 1, bias=False), norm(hidden)
        self._depthwise_conv = nn.Conv2d(hidden, hidden, kernel, stride, dilation=dilation, groups=hidden, bias=False)
        self._bn1 = norm(hidden)
        self._project_conv, self._bn2 = nn.Conv2d(hidden, outputs, 1, bias=False), norm(outputs)
        self.skip = stride == 1 and inputs == outputs

    def forward(self, x):
        y = F.relu6(self._bn0(self._expand_conv(x))) if hasattr(self, "_expand_conv") else x
        y = F.relu6(self._bn1(same(self._depthwise_conv, y)))
        y = self._bn2(self._project_conv(y))
        return x + y if self.skip else y


def same(conv, x):
    """TensorFlow's 'SAME' padding, then the convolution."""
    pads = []
    for size, kernel, stride, dilation in zip(x.shape[:1:-1], conv.kernel_size, conv.stride, conv.dilation):
        total = max((-(-size // stride) - 1) * stride + dilation * (kernel - 1) + 1 - size, 0)
        pads += [total // 2, total - total // 2]
    return conv(F.pad(x, pads))


class Lite(nn.Module):
    STAGES = [(1, 3, 1, 1, 16), (2, 3, 2, 6, 24), (2, 5, 2, 6, 40), (3, 3, 2, 6, 80), (3, 5, 1, 6, 112), (4, 5, 2, 6, 192), (1, 3, 1, 6, 320)]

    def __init__(self, width, depth, output_stride):
        super().__init__()
        self._conv_stem, self._bn0 = nn.Conv2d(3, 32, 3, 2, bias=False), nn.BatchNorm2d(32, eps=1e-3, momentum=0.01)
        blocks, self.levels, inputs, reached, dilation = [], {}, 32, 2, 1
        for stage, (repeats, kernel, first_stride, expansion, channels) in enumerate(self.STAGES):
            repeats = repeats if stage in (0, 6) else int(np.ceil(repeats * depth))
            wanted = channels * width
            outputs = max(8, int(wanted + 4) // 8 * 8)
            outputs += 8 if outputs < 0.9 * wanted else 0
            for repeat in range(repeats):
                stride, own = first_stride if repeat == 0 else 1, dilation
                if stride == 2 and reached >= output_stride:
                    stride, dilation = 1, dilation * 2
                reached *= stride
                blocks.append(LiteUnit(inputs, outputs, kernel, stride, expansion, own))
                inputs = outputs
            self.levels[len(blocks) - 1] = (stage, outputs)
        self._blocks = nn.ModuleList(blocks)
        self.channels = [outputs for stage, outputs in self.levels.values() if stage in (1, 4, 6)]

    def forward(self, x):
        x, out = F.relu6(self._bn0(same(self._conv_stem, x))), []
        for number, block in enumerate(self._blocks):
            x = block(x)
            if self.levels.get(number, (None,))[0] in (1, 4, 6):
                out.append(x)
        return dict(zip(("low", "aux", "out"), out))


def up(x, like, align=False):
    return F.interpolate(x, size=like.shape[-2:], mode="bilinear", align_corners=align)


class Pyramid(nn.Module):
    """Zhao et al. 2017, section 3.2: averages on grids of 1, 2, 3 and 6, each a quarter of the channels."""

    def __init__(self, inputs):
        super().__init__()
        for number in range(1, 5):
            setattr(self, f"conv{number}", nn.Sequential(nn.Conv2d(inputs, inputs // 4, 1, bias=False), nn.BatchNorm2d(inputs // 4), nn.ReLU()))

    def forward(self, x):
        parts = [getattr(self, f"conv{n}")(F.adaptive_avg_pool2d(x, grid)) for n, grid in zip(range(1, 5), (1, 2, 3, 6))]
        return torch.cat([x] + [up(part, x) for part in parts], 1)


class PspHead(nn.Sequential):
    def __init__(self, inputs, classes):
        inner = inputs // 4
        super().__init__(Pyramid(inputs), nn.Conv2d(2 * inputs, inner, 3, padding=1, bias=False), nn.BatchNorm2d(inner), nn.ReLU(), nn.Dropout(0.1), nn.Conv2d(inner, classes, 1))


class PlusHead(nn.Module):
    """Chen et al. 2018: 48 channels of the features at stride 4, two 3×3 convolutions of 256."""

    def __init__(self, low, deep, classes, rates):
        super().__init__()
        unit = lambda inputs, outputs, kernel: [nn.Conv2d(inputs, outputs, kernel, padding=kernel // 2, bias=False), nn.BatchNorm2d(outputs), nn.ReLU()]
        self.project, self.aspp = nn.Sequential(*unit(low, 48, 1)), ASPP(deep, rates)
        self.classifier = nn.Sequential(*unit(304, 256, 3), *unit(256, 256, 3), nn.Dropout(0.1), nn.Conv2d(256, classes, 1))

    def forward(self, features):
        low = self.project(features["low"])
        return self.classifier(torch.cat([low, up(self.aspp(features["out"]), low)], 1))


class Net(nn.Module):
    def __init__(self, backbone, classifier, aux_classifier):
        super().__init__()
        self.backbone, self.classifier, self.aux_classifier = backbone, classifier, aux_classifier

    def forward(self, x):
        features = self.backbone(x)
        scores = self.classifier(features if isinstance(self.classifier, PlusHead) else features["out"])
        out = {"out": up(scores, x)}
        if self.aux_classifier is not None:
            out["aux"] = up(self.aux_classifier(features["aux"]), x)
        return out


def model(name, classes=CLASSES):
    if name in ("fcn_resnet50", "fcn_resnet101", "deeplabv3_resnet50", "deeplabv3_resnet101"):
        return getattr(segmentation, name)(weights=None, weights_backbone=None, num_classes=classes, aux_loss=True).eval()
    head, kind = name.split("_", 1)
    stride = 16 if head == "deeplabv3plus" or "lite" in kind else 8
    if "lite" in kind:
        backbone = Lite(1.1 if kind[-1] == "2" else 1.0, {"0": 1.0, "1": 1.1, "2": 1.2}[kind[-1]], stride)
        low, middle, deep = backbone.channels
    else:
        repeats = {"resnet18": [2, 2, 2, 2], "resnet34": [3, 4, 6, 3], "resnet50": [3, 4, 6, 3], "resnet101": [3, 4, 23, 3]}[kind]
        block, wide = (DilatedBasicBlock, 1) if kind in ("resnet18", "resnet34") else (resnet.Bottleneck, 4)
        whole = resnet.ResNet(block, repeats, replace_stride_with_dilation=[False, stride == 8, stride <= 16])
        backbone = IntermediateLayerGetter(whole, {"layer1": "low", "layer3": "aux", "layer4": "out"})
        low, middle, deep = 64 * wide, 256 * wide, 512 * wide
    rates = [rate * 16 // stride for rate in (6, 12, 18)]
    classifier = {
        "fcn": lambda: FCNHead(deep, classes), "psp": lambda: PspHead(deep, classes),
        "deeplabv3": lambda: DeepLabHead(deep, classes, rates), "deeplabv3plus": lambda: PlusHead(low, deep, classes, rates),
    }[head]()
    return Net(backbone, classifier, FCNHead(middle, classes) if "resnet" in kind and head != "deeplabv3plus" else None).eval()


def numbers(name, count):
    """`count` numbers in [−1, 1): FNV-1a of the name, then splitmix64 of the place, 24 bits. The same formula stands in `tests/agreement/formula.rs`."""
    seed = 0xCBF29CE484222325
    for byte in name.encode():
        seed = (seed ^ byte) * 0x100000001B3 % 2**64
    with np.errstate(over="ignore"):
        z = np.uint64(seed) + np.arange(1, count + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        z = z ^ (z >> np.uint64(31))
    return ((z >> np.uint64(40)).astype(np.float32) / np.float32(2**23) - np.float32(1)).astype(np.float32)


def fill(network):
    """Weights by the formula, in ranges that keep activations near 1."""
    with torch.no_grad():
        for name, tensor in network.state_dict().items():
            if tensor.dtype != torch.float32:
                continue
            values = numbers(name, tensor.numel())
            if tensor.ndim == 4:
                values *= np.float32(2.0 / np.sqrt(tensor[0].numel()))
            elif name.endswith("running_var") or name.endswith("weight"):
                values = np.float32(1) + np.float32(0.2) * values
            else:
                values *= np.float32(0.1)
            tensor.copy_(torch.from_numpy(values).reshape(tensor.shape))
    return network


def golden(path):
    out = {"classes": CLASSES, "side": 64, "models": {}}
    for name in GOLDEN:
        x = torch.from_numpy(numbers("input", 3 * 64 * 64)).reshape(1, 3, 64, 64)
        with torch.no_grad():
            result = fill(model(name))(x)
        out["models"][name] = {}
        for key, y in result.items():
            flat = y.numpy().astype(np.float64).reshape(-1)
            places = np.linspace(0, flat.size - 1, 48).astype(int)
            out["models"][name][key] = {"sum": flat.sum(), "mean_abs": np.abs(flat).mean(), "places": places.tolist(), "values": [float(f"{v:.8g}") for v in flat[places]]}
    json.dump(out, open(path, "w"))
    print(path, {name: round(entry["out"]["mean_abs"], 3) for name, entry in out["models"].items()})


def files(folder):
    from safetensors.torch import save_file

    torch.manual_seed(0)
    for name in ("fcn_resnet50", "deeplabv3_resnet50", "psp_resnet50", "fcn_resnet18", "fcn_efficientnet_lite0"):
        network = model(name).train()
        with torch.no_grad():
            network(torch.randn(2, 3, 96, 96))  # running statistics that are not 0 and 1
            network.eval()
            x = torch.randn(1, 3, 96, 64)
            y = network(x)
        torch.save(network.state_dict(), f"{folder}/{name}.pth")
        torch.save({"epoch": 3, "state_dict": network.state_dict()}, f"{folder}/{name}.old.pth", _use_new_zipfile_serialization=False)
        save_file({"x": x, **{key: value.contiguous() for key, value in y.items()}}, f"{folder}/{name}.io.safetensors")
    print("written")


def strict(path, name, classes):
    from safetensors.torch import load_file

    network = model(name, int(classes))
    network.load_state_dict(load_file(path), strict=True)
    print("loaded strictly")


def speed():
    torch.set_num_threads(2)
    for name in GOLDEN:
        network, x, took, cpu = model(name), torch.randn(1, 3, 256, 256), [], []
        with torch.inference_mode():
            for _ in range(5):
                start, start_cpu = time.perf_counter(), time.process_time()
                network(x)
                took.append(time.perf_counter() - start)
                cpu.append(time.process_time() - start_cpu)
        print(f"{name:34} {1e3 * sorted(took)[2]:6.0f} ms, CPU {1e3 * sorted(cpu)[2]:6.0f} ms", flush=True)


if __name__ == "__main__":
    {"golden": golden, "files": files, "strict": strict, "speed": speed}[sys.argv[1]](*sys.argv[2:])
