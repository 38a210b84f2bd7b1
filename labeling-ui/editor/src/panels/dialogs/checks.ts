/** What looks unfinished, before the work is handed in. */
import type { Editor } from "../../editor";
import type { Finding } from "../../model/checks";
import { h, kbd } from "../dom";
import { dialog } from "./dialog";

/** Calls `onSubmit` when it is to be handed in all the same. */
export function checksDialog(editor: Editor, findings: readonly Finding[], onSubmit: () => void): void {
  const rows = findings.map((finding) => h("li", { class: "finding" }, h("span", {}, finding.text),
    finding.ids.length > 0 && h("button", { type: "button", class: "button small", onclick: () => {
      made.close();
      editor.selectTool("select");
      editor.doc.value?.select(finding.ids);
      editor.zoomToSelection();
    } }, "Show")));
  const back = h("button", { type: "button", class: "button", onclick: () => made.close() }, "Go back ", kbd("Esc"));
  const on = h("button", { type: "button", class: "button primary", autofocus: true, onclick: () => {
    made.close();
    onSubmit();
  } }, "Submit as it is ", kbd("⏎"));
  const made = dialog("Before you submit", "", h("h2", {}, "Before you submit"), h("p", { class: "muted" }, "The project's managers asked to look out for this."), h("ul", { class: "findings" }, ...rows), h("div", { class: "dialog-foot" }, back, on));
}
