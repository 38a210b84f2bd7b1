/** The editor's page: puts state, stage, panels and the way to the server together. */
import { effect } from "@preact/signals-core";
import { Editor } from "./editor";
import { type Deeds } from "./keys/actions";
import { listen } from "./keys/listen";
import { findings } from "./model/checks";
import { h } from "./panels/dom";
import { footer } from "./panels/footer";
import { Minimap } from "./panels/minimap";
import { optionBar } from "./panels/options";
import { sidebar } from "./panels/sidebar";
import { messageLine, noticeStack, phaseCard } from "./panels/status";
import { toolbar } from "./panels/toolbar";
import { topbar } from "./panels/topbar";
import { viewPanel } from "./panels/view";
import { Stage } from "./stage";
import { Comments } from "./sync/comments";
import { loadBitmap } from "./sync/images";
import { Guide } from "./sync/instructions";
import { KeymapStore } from "./sync/keymap";
import { whenIdle } from "./sync/page";
import { PendingKeeper, resume } from "./sync/pending";
import { type Open, TaskFlow } from "./sync/taskflow";
import { TOOLS } from "./tools";
import { fromPicture, fromServer } from "./tools/suggester";

function start(root: HTMLElement): void {
  const { project = "", projectName = "", task = "", back = "/projects" } = root.dataset;
  const editor = new Editor();
  effect(() => {
    document.documentElement.dataset["theme"] = editor.theme.value;
  });
  let stage: Stage;
  try {
    stage = new Stage(editor);
  } catch {
    root.replaceChildren(h("div", { class: "card-place" }, h("div", { class: "card", role: "alert" },
      h("h2", {}, "This browser can't show the editor"),
      h("p", {}, "It needs WebGL2, which is switched off or missing here. Use a current Firefox, Chrome, Edge or Safari, or switch on hardware acceleration. No task was taken."),
      h("div", { class: "card-foot" }, h("a", { class: "button", href: back }, "Back to the project")))));
    return;
  }
  const minimap = new Minimap(editor);
  const keys = new KeymapStore(editor);
  const comments = new Comments();
  const guide = new Guide(project);
  let pending: PendingKeeper | null = null;

  const show = (open: Open | null) => {
    TOOLS[editor.tool.value].cancel?.(editor);
    pending?.stop();
    pending = open && new PendingKeeper(editor, open.bundle.task.id, open.pending !== null);
    editor.open(open?.doc ?? null, open?.bundle.classes ?? editor.classes.value.all);
    stage.setImage(open?.source ?? null);
    editor.vision.setImage(open?.source.bitmap ?? null, editor.imageSize);
    editor.suggester = open?.bundle.offers?.includes("suggest") ? fromServer(editor, open.bundle.task.id) : fromPicture(editor);
    TOOLS[editor.tool.value].enter?.(editor);
    minimap.setImage(open?.source.bitmap ?? null);
    stage.focus();
    if (open) accompany(open);
  };
  /** What comes after the image is on the screen. */
  const accompany = (open: Open) => {
    const { offers = [], image, instructions, instructions_version, can, uncertainty_url } = open.bundle;
    comments.open(offers.includes("comments") ? image.id : null);
    guide.known(instructions, instructions_version, can?.edit_instructions ?? false, offers.includes("instructions"));
    if (offers.includes("keymap")) void keys.connect();
    if (open.pending && resume(editor, open.doc, open.pending)) editor.say("What you were drawing is back.");
    // Only a picture of it: without, the editor says so when it is asked for.
    if (uncertainty_url) void loadBitmap(uncertainty_url).then((bitmap) => (flow.current() === open ? stage.setDoubt(bitmap) : bitmap.close()), () => {});
  };
  const flow = new TaskFlow(project, show);
  flow.onAhead = ({ source, bundle, parsed, kept }) => stage.prepare(source, bundle.image, kept?.saved.base.items ?? parsed.items);

  const deeds: Deeds = {
    submit() {
      const open = flow.current();
      if (!open) return;
      if (TOOLS[editor.tool.value].busy?.()) {
        editor.say("Close the outline first (Enter), or give it up (Esc).");
        return;
      }
      if (open.disagreement.value) {
        editor.say("Say first which of the two versions goes on.");
        return;
      }
      const { checks, image } = open.bundle;
      const found = checks ? findings(open.doc.items.value, editor.classes.value, checks, image.width, image.height) : [];
      if (found.length === 0) void flow.submit();
      else void import("./panels/dialogs/checks").then(({ checksDialog }) => checksDialog(editor, found, () => void flow.submit()));
    },
    skip() {
      const open = flow.current();
      if (open) void import("./panels/dialogs/skip").then(({ skipDialog }) => skipDialog(open.bundle.image.name, (reason) => void flow.skip(reason)));
    },
    help: () => void import("./panels/dialogs/keys").then(({ keysDialog }) => keysDialog(editor, keys)),
    palette: () => void import("./panels/dialogs/palette").then(({ palette }) => palette(editor, deeds)),
    tab: (tab) => {
      side.open(tab);
      document.getElementById(`tab-${tab}`)?.focus();
    },
    viewPanel: () => view.toggle(),
    searchClasses: () => side.searchClasses(),
    holdPan: (held) => stage.holdPan(held),
    crosshair: (dx, dy) => stage.moveCrosshair(dx, dy),
    press: (what) => stage.press(what),
  };
  const signIn = () => void import("./panels/dialogs/sign_in").then(({ signInDialog }) => document.querySelector("dialog[open]") ?? signInDialog(flow.session));
  // Said at once, in the middle; whoever wants to go on working closes it.
  effect(() => {
    if (flow.session.expired.value) signIn();
  });

  const side = sidebar(editor, flow, comments, guide);
  const view = viewPanel(editor, () => stage.focus());
  const activity = () => flow.current()?.clock.activity(performance.now());
  stage.onActivity = activity;
  stage.onPaint = (rect) => pending?.painted(rect);
  effect(() => {
    void [editor.overlayVersion.value, editor.preview.value, editor.tool.value];
    pending?.plan();
  });
  effect(() => {
    editor.pins.value = comments.all.value.map(({ id, at, resolved }) => ({ id, at, resolved }));
  });
  listen(editor, deeds, activity);
  // Fetched before they are asked for, so that what is typed right after the key goes into them.
  whenIdle(() => void Promise.allSettled([import("./panels/dialogs/palette"), import("./panels/dialogs/keys"), import("./panels/dialogs/skip"), import("./panels/dialogs/checks"), import("./panels/dialogs/sign_in")]));
  stage.element.append(optionBar(editor, deeds), view.element, minimap.element, messageLine(editor), noticeStack(editor, flow, signIn), phaseCard(flow, back));
  root.replaceChildren(topbar(editor, flow, deeds, { projectName, back }), toolbar(editor, deeds), h("main", {}, stage.element), side.element, footer(editor));
  // After a click on a button the keys belong to the image again; someone who came by keyboard stays where they are.
  root.addEventListener("click", (event) => {
    const target = event.target instanceof Element ? event.target : null;
    if (event instanceof MouseEvent && event.detail > 0 && target?.closest("button") && !target.closest("form, .view-panel, .notice")) stage.focus();
  });
  root.addEventListener("pointerup", (event) => {
    if (event.target instanceof HTMLInputElement && event.target.type === "range") stage.focus();
  });
  // For measurements from outside; holds nothing that the page doesn't show.
  Object.assign(root, { editor, timings: stage.timings });
  void flow.start(task || null);
}

const root = document.getElementById("editor");
if (root) start(root);
