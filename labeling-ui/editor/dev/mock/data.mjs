// What the stand-in server has: classes with attributes, a guide, and comments; in English, or in scripts from right to left and Japanese.
export const PROJECT = "018f0000-0000-7000-8000-000000000001";

const STAGE = { name: "stage", kind: "choice", options: ["prophase", "metaphase", "anaphase", "telophase"], required: true };
export const CLASSES = [
  { index: 1, name: "nucleus", color: "#4cc38a", kind: "thing" },
  { index: 2, name: "mitotic", color: "#e0a843", kind: "thing", attributes: [STAGE, { name: "touches border", kind: "checkbox" }, { name: "spindles", kind: "number", min: 0, max: 8, step: 1 }, { name: "note", kind: "text", max_length: 200 }] },
  { index: 3, name: "debris", color: "#f07178", kind: "stuff" },
];
export const CLASSES_I18N = [
  { index: 1, name: "細胞核（正常）", color: "#4cc38a", kind: "thing" },
  { index: 2, name: "نواة منقسمة (mitosis)", color: "#e0a843", kind: "thing", attributes: [{ name: "المرحلة", kind: "choice", options: ["الطور الاستوائي", "前期"], required: true }, { name: "注記", kind: "text" }] },
  { index: 3, name: "שברים", color: "#f07178", kind: "stuff" },
];

export const GUIDE = `## What counts

Draw **every nucleus** that lies in the image, also the ones cut by its border.

- A nucleus is *mitotic* when its chromatin is condensed: bright, with a rough outline.
- Use \`void\` for what can't be told apart.
- Leave out anything smaller than 40 pixels.

| looks | class |
| --- | --- |
| smooth, even | nucleus |
| bright, rough | mitotic |

> In doubt, pin a comment (**C**) and go on. More in [the atlas](https://example.org/atlas).
`;
export const GUIDE_I18N = `## ラベル付けの手順

画像内の**すべての細胞核**を囲んでください。端で切れているものも含みます。

- 分裂中の核は染色体が凝縮しています（*明るく、輪郭が粗い*）。

## ما الذي يُحتسب

ارسم **كل نواة** تقع داخل الصورة، حتى المقطوعة عند الحافة.

- النواة المنقسمة لامعة وحوافها خشنة.
- استعمل \`void\` لما لا يمكن تمييزه.
`;

export const PERSON = { id: "018f0000-0000-7000-8000-0000000000aa", login: "ada", name: "Ada", admin: false };

export function someComments(width, height, now) {
  return [
    { id: "c1", at: [Math.round(width * 0.53), Math.round(height * 0.27)], author: "Grace", made_ms: now - 3_600_000, text: "Two nuclei or one? The dark line could be a fold.", resolved: false, replies: [{ id: "r1", author: "Ada", made_ms: now - 1_200_000, text: "Two, I think: the texture differs. Compare x 210, y 400." }] },
    { id: "c2", at: [Math.round(width * 0.22), Math.round(height * 0.78)], author: "Ada", made_ms: now - 600_000, text: "Out of focus, left as void.", resolved: true, replies: [] },
  ];
}
