/** Everything on the GPU that does not belong to one image: programs, the table of looks, the buffers of shapes. */
import { Batch } from "./batch";
import { program, texture, uniforms } from "./gl";
import { DOUBT_FRAGMENT, FILL_FRAGMENT, FILL_VERTEX, IMAGE_FRAGMENT, LABEL_FRAGMENT, LINE_FRAGMENT, LINE_VERTEX, QUAD_VERTEX } from "./shaders";

const VIEW = ["view", "screen", "turn"] as const;

function made<Name extends string>(gl: WebGL2RenderingContext, vertex: string, fragment: string, names: readonly Name[]) {
  const of = program(gl, vertex, fragment);
  return { program: of, at: uniforms(gl, of, [...VIEW, ...names]) };
}

export function makeResources(gl: WebGL2RenderingContext) {
  return {
    image: made(gl, QUAD_VERTEX, IMAGE_FRAGMENT, ["rect", "image", "tables", "size", "light", "mode"]),
    doubt: made(gl, QUAD_VERTEX, DOUBT_FRAGMENT, ["rect", "doubt"]),
    label: made(gl, QUAD_VERTEX, LABEL_FRAGMENT, ["rect", "labels", "table", "mode", "size"]),
    fill: made(gl, FILL_VERTEX, FILL_FRAGMENT, ["table"]),
    line: made(gl, LINE_VERTEX, LINE_FRAGMENT, ["table"]),
    table: texture(gl, gl.NEAREST, gl.NEAREST),
    still: new Batch(gl),
    moving: new Batch(gl),
    suggestions: new Batch(gl),
  };
}

export type Resources = ReturnType<typeof makeResources>;
