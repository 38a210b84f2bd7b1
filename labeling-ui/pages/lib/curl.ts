// The command line that asks a model, for a POSIX shell.

/** The forms of an answer: what is accepted, and the file it goes into. */
export const FORMS = {
  json: { accept: "application/json", file: "" },
  mask: { accept: "image/png", file: "mask.png" },
  confidence: { accept: "image/png; of=confidence", file: "confidence.png" },
  npy: { accept: "application/x-npy", file: "probabilities.npy" },
} as const;

export type Form = keyof typeof FORMS;

/** A text as one word of the shell, whatever is in it. */
export function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** `url` is complete; `name` is the picture's file, which is read as it is even when it looks like something else. */
export function curl(url: string, form: Form, name: string, type: string): string {
  const { accept, file } = FORMS[form];
  const lines = [
    `curl -sS ${quoted(url)}`,
    `-H "Authorization: Bearer $LABELWRIGHT_TOKEN"`,
    `-H ${quoted(`Content-Type: ${type}`)}`,
    `-H ${quoted(`Accept: ${accept}`)}`,
    `--data-binary ${quoted(`@${name}`)}`,
    ...(file ? [`-o ${file}`] : []),
  ];
  return lines.join(" \\\n  ");
}
