/** The right side: objects with their classes, comments, the guide, and earlier states. */
import { effect } from "@preact/signals-core";
import type { Editor } from "../editor";
import type { SideTab } from "../keys/actions";
import type { Comments } from "../sync/comments";
import type { Guide } from "../sync/instructions";
import type { TaskFlow } from "../sync/taskflow";
import { attributeSection } from "./attributes";
import { classSection } from "./classes";
import { commentPanel } from "./comments";
import { h, setText, show } from "./dom";
import { guidePanel } from "./guide";
import { historyPanel } from "./history";
import { objectSection } from "./objects";
import { suggestionSection } from "./suggestions";

export interface Sidebar {
  readonly element: HTMLElement;
  open(tab: SideTab): void;
  searchClasses(): void;
}

export function sidebar(editor: Editor, flow: TaskFlow, comments: Comments, guide: Guide): Sidebar {
  const classes = classSection(editor);
  const history = historyPanel(editor, flow);
  const objects = h("div", { class: "tab-panel", role: "tabpanel", id: "panel-objects", "aria-labelledby": "tab-objects" }, classes.element, suggestionSection(editor), attributeSection(editor), objectSection(editor));
  const panels: readonly { id: SideTab; panel: HTMLElement }[] = [
    { id: "objects", panel: objects },
    { id: "comments", panel: commentPanel(editor, comments) },
    { id: "guide", panel: guidePanel(guide) },
    { id: "history", panel: history.element },
  ];
  const tabs = panels.map(({ id }) => h("button", { type: "button", role: "tab", id: `tab-${id}`, "aria-controls": `panel-${id}`, onclick: () => open(id) }, { objects: "Objects", comments: "Comments", guide: "Guide", history: "History" }[id]));
  const open = (id: SideTab) => {
    panels.forEach(({ id: other, panel }, i) => {
      tabs[i]?.setAttribute("aria-selected", String(other === id));
      if (tabs[i]) tabs[i].tabIndex = other === id ? 0 : -1;
      show(panel, other === id);
    });
    if (id === "guide") guide.fresh.value = false;
    if (id === "history") history.load();
    else editor.looked.value = null;
  };
  const bar = h("div", { class: "tabs", role: "tablist", "aria-label": "Side panel" }, ...tabs);
  bar.addEventListener("keydown", (event) => {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (by === undefined) return;
    const next = (tabs.findIndex((tab) => tab.tabIndex === 0) + by + tabs.length) % tabs.length;
    const panel = panels[next];
    if (panel) open(panel.id);
    tabs[next]?.focus();
  });
  open("objects");
  const count = (text: string, n: number) => (n > 0 ? `${text} ${n}` : text);
  effect(() => tabs[0] && setText(tabs[0], `Objects ${editor.doc.value?.items.value.length ?? 0}`));
  effect(() => tabs[1] && setText(tabs[1], count("Comments", comments.all.value.filter((comment) => !comment.resolved).length)));
  effect(() => {
    tabs[2]?.classList.toggle("fresh", guide.fresh.value);
    if (guide.fresh.value) tabs[2]?.setAttribute("title", "The guide was changed");
    else tabs[2]?.removeAttribute("title");
  });
  effect(() => {
    if (editor.newPin.value || editor.openPin.value) open("comments");
  });
  return { element: h("aside", { class: "sidebar", "aria-label": "Labels" }, bar, ...panels.map(({ panel }) => panel)), open, searchClasses: () => {
    open("objects");
    classes.search();
  } };
}
