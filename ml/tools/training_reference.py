"""What PyTorch computes for losses, their gradients and learning rates, as a reference for `src/train/network`.

    python training_reference.py > ../tests/fixtures/training.json
"""

import json
import math
import warnings

import torch
from torch.nn import functional as F
from torch.optim import lr_scheduler

warnings.filterwarnings("ignore")
torch.manual_seed(3)
N, C, H, W = 2, 3, 4, 5
logits = (torch.randn(N, C, H, W) * 2).requires_grad_()
masks = torch.randint(0, C, (N, H, W))
masks[0, 0, :3] = 255
weights = torch.tensor([0.5, 2.0, 1.0])
valid = masks != 255
one_hot = F.one_hot(masks.clamp(max=C - 1), C).permute(0, 3, 1, 2).float() * valid.unsqueeze(1)


def plain():
    return F.cross_entropy(logits, masks, ignore_index=255)


def weighted():
    return F.cross_entropy(logits, masks, weight=weights, ignore_index=255)


def focal():
    each = F.cross_entropy(logits, masks, ignore_index=255, reduction="none")
    return (each * (1 - torch.exp(-each)) ** 2)[valid].mean()


def ohem():
    """OpenMMLab's OHEMPixelSampler: threshold 0.4, at least about 8 pixels."""
    each = F.cross_entropy(logits, masks, ignore_index=255, reduction="none")
    sure = torch.exp(-each.detach())[valid]
    limit = max(sure.sort().values[min(8, sure.numel() - 1)].item(), 0.4)
    return each[valid][sure < limit].mean()


def dice():
    p = logits.softmax(1) * valid.unsqueeze(1)
    overlap, total = (p * one_hot).sum((0, 2, 3)), (p + one_hot).sum((0, 2, 3))
    return 1 - ((2 * overlap + 1) / (total + 1)).mean()


def mixed():
    """MixSoftmaxCrossEntropyLoss: the auxiliary head's scores are here half of the main ones."""
    return plain() + 0.4 * F.cross_entropy(logits / 2, masks, ignore_index=255)


out = {"shape": [N, C, H, W], "logits": logits.detach().flatten().tolist(), "masks": masks.flatten().tolist(), "losses": {}}
for loss in (plain, weighted, focal, ohem, dice, mixed):
    logits.grad = None
    value = loss()
    value.backward()
    out["losses"][loss.__name__] = {"value": value.item(), "gradient": logits.grad.flatten().tolist()}


def rates(make, steps):
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=1.0)
    scheduler, values = make(optimizer), []
    for _ in range(steps):
        values.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    return values


out["schedules"] = {
    "poly": rates(lambda o: lr_scheduler.PolynomialLR(o, 20, 0.9), 20),
    "cosine": rates(lambda o: lr_scheduler.CosineAnnealingLR(o, 20, 0.1), 20),
    "step": rates(lambda o: lr_scheduler.StepLR(o, 7, 0.3), 20),
    "one_cycle": rates(lambda o: lr_scheduler.OneCycleLR(o, 1.0, 20), 20),
    "warm_poly": rates(lambda o: lr_scheduler.SequentialLR(o, [lr_scheduler.LinearLR(o, 0.1, 1.0, 5), lr_scheduler.PolynomialLR(o, 15, 0.9)], [5]), 20),
}


def descent(make):
    """Five steps on (w − target)² summed."""
    w = torch.nn.Parameter(torch.tensor([1.0, -2.0, 0.5, 3.0]))
    optimizer = make([w])
    for _ in range(5):
        optimizer.zero_grad()
        ((w - torch.tensor([0.0, 1.0, 0.0, -1.0])) ** 2).sum().backward()
        torch.nn.utils.clip_grad_norm_([w], 5.0)
        optimizer.step()
    return w.tolist()


out["optimizers"] = {
    "sgd": descent(lambda p: torch.optim.SGD(p, 0.05, momentum=0.9, weight_decay=0.01)),
    "nesterov": descent(lambda p: torch.optim.SGD(p, 0.05, momentum=0.9, weight_decay=0.01, nesterov=True)),
    "adamw": descent(lambda p: torch.optim.AdamW(p, 0.05, weight_decay=0.01)),
}
print(json.dumps(out))
