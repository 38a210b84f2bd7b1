/**
 * Instructions in Markdown as elements. The text comes from people, so nothing of it ever becomes HTML by itself: the library
 * only finds out what is what, and only the elements named here are built. Raw HTML in the text is shown as the text it is.
 */
import { type Token, type Tokens, lexer } from "marked";
import { h } from "./dom";

type Child = Node | string;

export function markdown(text: string): HTMLElement[] {
  const tokens = lexer(text, { gfm: true, breaks: false });
  const levels = headingLevels(tokens.filter((token) => token.type === "heading").map((token) => (token as Tokens.Heading).depth));
  return tokens.flatMap((token) => (token.type === "heading" ? heading(token as Tokens.Heading, levels.shift() ?? 2) : block(token)));
}

/** Headings below the page's own, without gaps between them, whatever the text begins with: readers by ear go from level to level. */
export function headingLevels(depths: readonly number[]): number[] {
  const open: number[] = [];
  return depths.map((depth) => {
    while (open.length > 0 && (open.at(-1) ?? 0) >= depth) open.pop();
    open.push(depth);
    return Math.min(6, open.length + 1);
  });
}

function heading(token: Tokens.Heading, level: number): HTMLElement[] {
  return [h(`h${level as 2 | 3 | 4 | 5 | 6}`, { dir: "auto" }, ...inline(token.tokens))];
}

function block(token: Token): HTMLElement[] {
  switch (token.type) {
    case "heading":
      return heading(token as Tokens.Heading, 6);
    case "paragraph":
      return [h("p", { dir: "auto" }, ...inline((token as Tokens.Paragraph).tokens))];
    case "text":
      return [h("p", { dir: "auto" }, ...textOf(token as Tokens.Text))];
    case "list": {
      const { ordered, start, items } = token as Tokens.List;
      const rows = items.map((item) => h("li", {}, ...(item.task ? [item.checked ? "☑ " : "☐ "] : []), ...item.tokens.flatMap((child): Child[] => (child.type === "text" ? textOf(child as Tokens.Text) : block(child)))));
      return [ordered ? h("ol", { start: String(start || 1), dir: "auto" }, ...rows) : h("ul", { dir: "auto" }, ...rows)];
    }
    case "blockquote":
      return [h("blockquote", { dir: "auto" }, ...((token as Tokens.Blockquote).tokens ?? []).flatMap(block))];
    case "code":
      return [h("pre", {}, h("code", {}, (token as Tokens.Code).text))];
    case "hr":
      return [h("hr", {})];
    case "table": {
      const { header, rows } = token as Tokens.Table;
      const cells = (tag: "th" | "td", of: readonly Tokens.TableCell[]) => h("tr", {}, ...of.map((cell) => h(tag, { dir: "auto" }, ...inline(cell.tokens))));
      return [h("table", {}, h("thead", {}, cells("th", header)), h("tbody", {}, ...rows.map((row) => cells("td", row))))];
    }
    case "space":
    case "def":
      return [];
    default:
      return [h("p", { dir: "auto" }, token.raw)];
  }
}

function textOf(token: Tokens.Text): Child[] {
  return token.tokens ? inline(token.tokens) : [plain(token.text)];
}

function inline(tokens: readonly Token[] | undefined): Child[] {
  return (tokens ?? []).flatMap((token): Child[] => {
    switch (token.type) {
      case "text":
      case "escape":
        return textOf(token as Tokens.Text);
      case "strong":
        return [h("strong", {}, ...inline((token as Tokens.Strong).tokens))];
      case "em":
        return [h("em", {}, ...inline((token as Tokens.Em).tokens))];
      case "del":
        return [h("del", {}, ...inline((token as Tokens.Del).tokens))];
      case "codespan":
        return [h("code", {}, (token as Tokens.Codespan).text)];
      case "br":
        return [h("br", {})];
      case "link": {
        const { href, tokens: children } = token as Tokens.Link;
        const safe = safeLink(href);
        return safe ? [h("a", { href: safe, target: "_blank", rel: "noopener noreferrer" }, ...inline(children))] : inline(children);
      }
      case "image": {
        const { href, text } = token as Tokens.Image;
        const safe = ownImage(href);
        // Images of other servers would tell them who looks; their words and address are shown instead.
        return safe ? [h("img", { src: safe, alt: text, loading: "lazy" })] : [`${text} (${href})`];
      }
      default:
        return [token.raw];
    }
  });
}

/** Entities were left as they are by the library: only the five that Markdown needs. */
function plain(text: string): string {
  return text.replace(/&(amp|lt|gt|quot|#39);/g, (_, name: string) => ({ amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'" })[name] ?? "");
}

/** A web or mail address, or one of this server; null for anything that could run. */
export function safeLink(href: string): string | null {
  if (/^(https?:\/\/|mailto:)/i.test(href)) return href;
  return /^\/(?![/\\])/.test(href) || href.startsWith("#") ? href : null;
}

function ownImage(src: string): string | null {
  return /^\/(?![/\\])/.test(src) ? src : null;
}
