"""Figures of scikit-learn for two class maps, as a reference for `src/metrics.rs`.

    python metrics_reference.py > ../tests/fixtures/metrics.json
"""

import json

import numpy as np
from sklearn import metrics

random = np.random.default_rng(7)
truth = random.choice(5, 400, p=[0.5, 0.25, 0.15, 0.08, 0.02])
prediction = np.where(random.random(400) < 0.7, truth, random.integers(0, 5, 400))
truth[random.random(400) < 0.05] = 255

kept = truth != 255
t, p = truth[kept], prediction[kept]
iou = metrics.jaccard_score(t, p, average=None, labels=range(5))
dice = metrics.f1_score(t, p, average=None, labels=range(5))
out = {
    "truth": truth.tolist(),
    "prediction": prediction.tolist(),
    "pixel_accuracy": metrics.accuracy_score(t, p),
    "mean_pixel_accuracy": metrics.balanced_accuracy_score(t, p),
    "mean_iou": iou.mean(),
    "frequency_weighted_iou": metrics.jaccard_score(t, p, average="weighted"),
    **{f"iou_{k}": v for k, v in enumerate(iou)},
    **{f"dice_{k}": v for k, v in enumerate(dice)},
}
print(json.dumps(out))
