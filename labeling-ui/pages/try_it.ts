// A picture for the model: chosen, dropped, pasted or one of the project's; what it says lies over it.
import { asProblem, problem } from "./lib/api";
import { copy } from "./lib/copy";
import { type Form, curl } from "./lib/curl";
import { all, make, one, setText, shown } from "./lib/dom";
import { count, percent } from "./lib/format";

/** What the API says of a picture, as far as it is shown. */
interface Answer {
  width: number;
  height: number;
  confidence: number;
  empty: boolean;
  classes: { class: number; name: string; color: string; confidence: number; share: number }[];
  shapes: { class: number }[];
  overlay: string;
  certainty: string;
  milliseconds: { prepare: number; queue: number; model: number; enlarge: number };
}

const frame = one("try");
if (frame) wire(frame);

function wire(frame: HTMLElement): void {
  const url = frame.dataset["url"] ?? "";
  const threshold = frame.dataset["threshold"] === undefined ? null : Number(frame.dataset["threshold"]);
  const input = one<HTMLInputElement>("picture-file");
  const drop = one("drop");
  const picture = one<HTMLImageElement>("picture");
  const layers = { overlay: one<HTMLImageElement>("overlay"), certainty: one<HTMLImageElement>("certainty") };
  const opacity = one<HTMLInputElement>("opacity");
  const form = one<HTMLSelectElement>("curl-form");
  let asked = new AbortController();
  let last = { name: "picture.jpg", type: "image/jpeg" };

  const tellCurl = (): void => setText(one("curl"), curl(new URL(url, location.href).href, (form?.value ?? "json") as Form, last.name, last.type));
  const strength = (): void => {
    for (const layer of Object.values(layers)) if (layer && opacity) layer.style.opacity = String(Number(opacity.value) / 100);
  };

  const choose = (layer: string): void => {
    for (const button of all<HTMLButtonElement>("[data-layer]")) button.setAttribute("aria-pressed", String(button.dataset["layer"] === layer));
    for (const [name, element] of Object.entries(layers)) shown(element, name === layer);
    shown(one("layer-note"), layer === "certainty");
  };

  const fail = (title: string, detail: string): void => {
    setText(one("failed-title"), title);
    setText(one("failed-detail"), detail);
    shown(one("failed"), true);
  };

  const tell = (answer: Answer, milliseconds: number): void => {
    const inline = (png: string): string => `data:image/png;base64,${png}`;
    if (layers.overlay) layers.overlay.src = inline(answer.overlay);
    if (layers.certainty) layers.certainty.src = inline(answer.certainty);
    setText(one("result-size"), `${count(answer.width)} × ${count(answer.height)} px`);
    const verdict = threshold === null ? "" : answer.confidence >= threshold ? " · above the threshold" : " · below the threshold";
    setText(one("result-confidence"), `${answer.confidence.toFixed(3)}${verdict}`);
    setText(one("result-objects"), answer.empty ? "none: the picture looks empty" : count(answer.shapes.length));
    const { prepare, queue, model, enlarge } = answer.milliseconds;
    const server = prepare + queue + model + enlarge;
    setText(one("result-time"), `${count(milliseconds)} ms · ${count(server)} ms in the server`);
    const rows = answer.classes.map(({ class: index, name, color, confidence, share }) => {
      const row = make("tr");
      const label = make("td");
      const swatch = make("span", "dot");
      swatch.style.backgroundColor = color;
      label.append(swatch, name);
      const objects = answer.shapes.filter((shape) => shape.class === index).length;
      row.append(label, make("td", "n", objects ? count(objects) : "–"), make("td", "n", percent(share)), make("td", "n", confidence.toFixed(3)));
      return row;
    });
    one("found")?.replaceChildren(...rows);
    shown(frame.querySelector("table.found"), rows.length > 0);
    shown(one("result-none"), false);
    shown(one("result"), true);
  };

  const ask = async (file: Blob, name: string): Promise<void> => {
    asked.abort();
    const mine = (asked = new AbortController());
    last = { name, type: file.type || "application/octet-stream" };
    tellCurl();
    shown(one("failed"), false);
    shown(one("result"), false);
    shown(one("result-none"), true);
    for (const layer of Object.values(layers)) layer?.removeAttribute("src");
    if (picture) {
      if (picture.src.startsWith("blob:")) URL.revokeObjectURL(picture.src);
      picture.src = URL.createObjectURL(file);
      picture.alt = name;
    }
    setText(one("picture-name"), name);
    shown(drop, false);
    shown(one("shown"), true);
    shown(one("asking"), true);
    const began = performance.now();
    try {
      const response = await fetch(`${url}?include=overlay,certainty`, {
        method: "POST",
        headers: { accept: "application/json", "content-type": last.type },
        body: file,
        signal: mine.signal,
      });
      const text = await response.text();
      if (!response.ok) throw problem(response.status, text);
      tell(JSON.parse(text) as Answer, performance.now() - began);
    } catch (thrown) {
      if (mine.signal.aborted) return;
      if (thrown instanceof TypeError) fail("The server cannot be reached.", "Check the connection and try again.");
      else {
        const { title, detail } = asProblem(thrown);
        fail(title, detail);
      }
    } finally {
      if (mine === asked) shown(one("asking"), false);
    }
  };

  const take = (file: File | null | undefined): void => {
    if (file) void ask(file, file.name || "pasted.png");
  };

  const sample = async (button: HTMLElement): Promise<void> => {
    const response = await fetch(button.dataset["image"] ?? "").catch(() => null);
    if (response?.ok) await ask(await response.blob(), button.dataset["name"] ?? "image");
    else fail("The image could not be loaded.", "Try another one.");
  };

  input?.addEventListener("change", () => {
    take(input.files?.[0]);
    input.value = "";
  });
  one("choose")?.addEventListener("keydown", (event) => {
    if (event.key === "Enter" || event.key === " ") input?.click();
  });
  for (const button of all("[data-image]")) button.addEventListener("click", () => void sample(button));
  for (const button of all("[data-layer]")) button.addEventListener("click", () => choose(button.dataset["layer"] ?? "overlay"));
  opacity?.addEventListener("input", strength);
  form?.addEventListener("change", tellCurl);
  one("curl-copy")?.addEventListener("click", () => {
    const text = one("curl");
    if (text) void copy(text.textContent ?? "", "The command line", () => getSelection()?.selectAllChildren(text));
  });
  picture?.addEventListener("error", () => {
    if (picture.getAttribute("src")) fail("This browser can't show the picture.", "Try a PNG, JPEG or WebP.");
  });

  // The whole page takes a picture, so that a drop beside the frame doesn't open it instead.
  for (const name of ["dragenter", "dragover"] as const) {
    addEventListener(name, (event) => {
      if (!event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      frame.classList.add("over");
    });
  }
  addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) frame.classList.remove("over");
  });
  addEventListener("drop", (event) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    frame.classList.remove("over");
    take(event.dataTransfer.files[0]);
  });
  addEventListener("paste", (event) => take(event.clipboardData?.files[0]));

  strength();
  tellCurl();
}
