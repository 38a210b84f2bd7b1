// Pictures of one bright disc each, with labels that somebody drew.
import { must } from "./browser.mjs";
import { encodePng } from "./png.mjs";

export const WIDTH = 160;
export const HEIGHT = 120;

/** A bright disc on dark ground. */
export const disc = (cx, cy, r) => encodePng(WIDTH, HEIGHT, (x, y) => (Math.hypot(x - cx, y - cy) < r ? [220, 120, 90] : [40 + ((x * 7 + y * 13) % 30), 50, 70]));

/** Puts so many pictures into a project and labels each as class 1, as the person who is signed in. */
export async function labeledDiscs(page, project, count) {
  const places = Array.from({ length: count }, (_, i) => [40 + ((11 * i) % 90), 35 + ((i * 17) % 50), 14 + (i % 4) * 3]);
  await page.evaluate(async ([project, files]) => {
    const form = new FormData();
    for (const [name, base64] of files) form.append("files", new Blob([Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))], { type: "image/png" }), name);
    await fetch(`/api/v1/projects/${project}/images`, { method: "POST", body: form });
  }, [project, places.map((place, i) => [`disc-${i}.png`, disc(...place).toString("base64")])]);
  for (let i = 0; i < places.length; i++) {
    const { task, image } = await must(page, "POST", `/projects/${project}/tasks/next`, { except: [] });
    const [cx, cy, r] = places[Number(/\d+/.exec(image.name)[0])];
    const outer = Array.from({ length: 40 }, (_, k) => [cx + 0.5 + r * Math.cos(k * 0.15708), cy + 0.5 + r * Math.sin(k * 0.15708)]);
    await must(page, "POST", `/tasks/${task.id}/submit`, { key: crypto.randomUUID(), seconds: 5, shapes: [{ class: 1, type: "polygon", parts: [{ outer }] }] });
  }
}
