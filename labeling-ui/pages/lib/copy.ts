// Text onto the clipboard, with a word about it.
import { toast } from "./toast";

/** Where the browser allows no clipboard (pages without TLS), the text is selected for the person to copy. */
export async function copy(text: string, what: string, select: () => void): Promise<void> {
  select();
  try {
    await navigator.clipboard.writeText(text);
    toast("ok", `${what} is copied.`);
  } catch {
    toast("ok", "Press Ctrl C to copy what is selected.");
  }
}
