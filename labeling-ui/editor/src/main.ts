/** The editor's page: puts state, stage, panels and the way to the server together. */
import { Editor } from "./editor";
import { type Deeds, listen } from "./keys";
import { h } from "./panels/dom";
import { keysDialog, skipDialog } from "./panels/dialogs";
import { footer } from "./panels/footer";
import { Minimap } from "./panels/minimap";
import { optionBar } from "./panels/options";
import { sidebar } from "./panels/sidebar";
import { messageLine, noticeStack, phaseCard } from "./panels/status";
import { toolbar } from "./panels/toolbar";
import { topbar } from "./panels/topbar";
import { Stage } from "./stage";
import { type Open, TaskFlow } from "./sync/taskflow";
import { TOOLS } from "./tools";

function start(root: HTMLElement): void {
  const { project = "", projectName = "", task = "", back = "/projects" } = root.dataset;
  const editor = new Editor();
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
  const show = (open: Open | null) => {
    TOOLS[editor.tool.value].cancel?.(editor);
    editor.open(open?.doc ?? null, open?.bundle.classes ?? editor.classes.value.all);
    stage.setImage(open?.bitmap ?? null);
    minimap.setImage(open?.bitmap ?? null);
    stage.focus();
  };
  const flow = new TaskFlow(project, show);
  const deeds: Deeds = {
    submit() {
      if (TOOLS[editor.tool.value].busy?.()) {
        editor.say("Close the outline first (Enter), or give it up (Esc).");
        return;
      }
      void flow.submit();
    },
    skip() {
      const open = flow.current();
      if (open) skipDialog(open.bundle.image.name, (reason) => void flow.skip(reason));
    },
    help: keysDialog,
    holdPan: (held) => stage.holdPan(held),
  };
  const activity = () => flow.current()?.clock.activity(performance.now());
  stage.onActivity = activity;
  listen(editor, deeds, activity);
  stage.element.append(optionBar(editor), minimap.element, messageLine(editor), noticeStack(flow), phaseCard(flow, back));
  root.replaceChildren(topbar(flow, deeds, { projectName, back }), toolbar(editor, deeds), h("main", {}, stage.element), sidebar(editor, flow), footer(editor));
  // After a click on a button the keys belong to the image again; someone who came by keyboard stays where they are.
  root.addEventListener("click", (event) => {
    const target = event.target instanceof Element ? event.target : null;
    if (event instanceof MouseEvent && event.detail > 0 && target?.closest("button")) stage.focus();
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
