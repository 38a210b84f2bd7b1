/**
 * The shaders. Every shape has a slot; a table of slots (one texel each, 256 a row) holds its colour (packed), depth, fill
 * opacity and outline width, so that selecting, hiding or recolouring a shape touches no geometry. A negative fill opacity
 * means stripes (void), a negative width means dashes (suggestions).
 */

const TABLE = `
uniform sampler2D table;
vec4 style(float slot) { int i = int(slot + .5); return texelFetch(table, ivec2(i & 255, i >> 8), 0); }
vec3 unpack(float c) { float r = floor(c / 65536.), g = floor((c - r * 65536.) / 256.); return vec3(r, g, c - r * 65536. - g * 256.) / 255.; }
float stripes(float alpha, vec2 at, float ratio) {
  if (alpha >= 0.) return alpha;
  return mod(at.x + at.y, 10. * ratio) < 5. * ratio ? -alpha : -alpha * .25;
}`;

const TO_CLIP = `
uniform vec4 view; // image point at the top left corner, device pixels an image pixel, device pixels a screen pixel
uniform vec2 screen; // device pixels
uniform vec2 turn; // cosine and sine of the view's angle
vec2 device(vec2 p) { vec2 q = p - view.xy; return vec2(q.x * turn.x - q.y * turn.y, q.x * turn.y + q.y * turn.x) * view.z; }
vec2 toClip(vec2 d) { return vec2(d.x / screen.x * 2. - 1., 1. - d.y / screen.y * 2.); }
vec2 clip(vec2 p) { return toClip(device(p)); }`;

const HEAD = `#version 300 es
precision highp float; precision highp int; precision highp sampler2D; precision highp usampler2D;`;

/** A rectangle of the image, as four corners. */
export const QUAD_VERTEX = `${HEAD}
${TO_CLIP}
uniform vec4 rect; out vec2 p;
void main() { p = mix(rect.xy, rect.zw, vec2(gl_VertexID & 1, gl_VertexID >> 1)); gl_Position = vec4(clip(p), 1., 1.); }`;

/**
 * The image's pixels: first local contrast (a table for each of 8 × 8 tiles, mixed between the nearest four), then inversion,
 * the chosen channel, contrast and brightness, and gamma last.
 */
export const IMAGE_FRAGMENT = `${HEAD}
uniform sampler2D image; uniform sampler2D tables; uniform vec4 rect; uniform vec2 size;
uniform vec4 light; // brightness, contrast, 1 / gamma, local contrast
uniform ivec2 mode; // channel, inverted
in vec2 p; out vec4 color;
float table(ivec2 tile, float v) {
  float at = v * 255.; int low = int(at); int row = tile.y * 8 + tile.x;
  return mix(texelFetch(tables, ivec2(low, row), 0).r, texelFetch(tables, ivec2(min(low + 1, 255), row), 0).r, at - float(low));
}
float equalised(float v) {
  vec2 at = clamp(p / size * 8. - .5, 0., 7.); ivec2 a = ivec2(at); ivec2 b = min(a + 1, 7); vec2 f = at - vec2(a);
  return mix(mix(table(a, v), table(ivec2(b.x, a.y), v), f.x), mix(table(ivec2(a.x, b.y), v), table(b, v), f.x), f.y);
}
void main() {
  if (any(greaterThan(p, size))) discard;
  vec4 c = texture(image, (p - rect.xy) / (rect.zw - rect.xy));
  vec3 v = c.rgb;
  float gray = dot(v, vec3(.299, .587, .114));
  if (light.w > 0.) v = mix(v, gray > .004 ? v * equalised(gray) / gray : vec3(equalised(gray)), light.w);
  if (mode.x == 4) v = vec3(dot(v, vec3(.299, .587, .114)));
  else if (mode.x > 0) v = vec3(v[mode.x - 1]);
  if (mode.y == 1) v = 1. - v;
  v = clamp((v - .5) * light.y + .5 + light.x, 0., 1.);
  color = vec4(mix(vec3(.09), pow(v, vec3(light.z)), c.a), 1.);
}`;

/** Where the model is unsure: nothing where it is sure, then violet, and yellow where it can't tell. */
export const DOUBT_FRAGMENT = `${HEAD}
uniform sampler2D doubt; uniform vec4 rect; in vec2 p; out vec4 color;
void main() {
  float v = texture(doubt, (p - rect.xy) / (rect.zw - rect.xy)).r;
  vec3 low = vec3(.45, .3, .95), high = vec3(1., .87, .3);
  color = vec4(mix(low, high, smoothstep(.35, .9, v)), smoothstep(.05, .75, v) * .72);
}`;

/** Masks: one texture of slots over the image. Mode 0 writes depth and fills, mode 1 draws the lines between slots. */
export const LABEL_FRAGMENT = `${HEAD}
${TABLE}
uniform usampler2D labels; uniform vec4 rect; uniform int mode; uniform vec4 view; uniform vec2 size;
in vec2 p; out vec4 color;
uint at(vec2 q) {
  if (any(lessThan(q, vec2(0.))) || any(greaterThanEqual(q, size))) return 0u;
  // Beyond this tile lies another one of the map; what it holds is taken to go on.
  return texelFetch(labels, clamp(ivec2(floor(q - rect.xy)), ivec2(0), textureSize(labels, 0) - 1), 0).r;
}
void main() {
  uint slot = at(p);
  if (mode == 0) {
    if (slot == 0u) discard;
    vec4 s = style(float(slot));
    gl_FragDepth = s.g * .5 + .5;
    color = vec4(unpack(s.r), stripes(s.b, gl_FragCoord.xy, view.w));
    return;
  }
  gl_FragDepth = 0.;
  // The line belongs to the shape inside; outside, nothing is drawn.
  if (slot == 0u) discard;
  vec4 s = style(float(slot));
  float d = abs(s.a) * view.w / view.z;
  bool edge = false;
  for (int i = 0; i < 8; i++) {
    float a = float(i) * .7853982;
    if (at(p + d * vec2(cos(a), sin(a))) != slot) edge = true;
  }
  if (!edge) discard;
  color = vec4(unpack(s.r), 1.);
}`;

export const FILL_VERTEX = `${HEAD}
${TO_CLIP}
${TABLE}
layout(location=0) in vec2 at; layout(location=1) in float slot;
out vec4 fill;
void main() { vec4 s = style(slot); fill = vec4(unpack(s.r), s.b); gl_Position = vec4(clip(at), s.g, 1.); }`;

export const FILL_FRAGMENT = `${HEAD}
${TABLE}
uniform vec4 view; in vec4 fill; out vec4 color;
void main() { color = vec4(fill.rgb, stripes(fill.a, gl_FragCoord.xy, view.w)); }`;

/** Outlines: one instance a segment, drawn as a rectangle of the line's width. */
export const LINE_VERTEX = `${HEAD}
${TO_CLIP}
${TABLE}
layout(location=0) in vec2 a; layout(location=1) in vec2 b; layout(location=2) in vec2 more; // length before, slot
out vec3 line; out float along; out float across; out float dash; out float halfWidth;
void main() {
  vec4 s = style(more.y);
  line = unpack(s.r);
  dash = s.a < 0. ? 1. : 0.;
  halfWidth = abs(s.a) * view.w * .5;
  vec2 pa = device(a), pb = device(b);
  vec2 d = pb - pa; float len = length(d); d = len > 0. ? d / len : vec2(1., 0.);
  vec2 n = vec2(-d.y, d.x);
  float side = float(gl_VertexID & 1) * 2. - 1., end = float(gl_VertexID >> 1);
  float reach = halfWidth + 1.;
  vec2 p = mix(pa, pb, end) + n * side * reach + d * (end * 2. - 1.) * halfWidth * .5;
  across = side * reach; along = more.x * view.z + end * len;
  gl_Position = s.g > 1.5 ? vec4(2., 2., 2., 1.) : vec4(toClip(p), 0., 1.);
}`;

export const LINE_FRAGMENT = `${HEAD}
uniform vec4 view; in vec3 line; in float along; in float across; in float dash; in float halfWidth; out vec4 color;
void main() {
  if (dash > .5 && mod(along, 9. * view.w) > 5. * view.w) discard;
  color = vec4(line, clamp(halfWidth + .5 - abs(across), 0., 1.));
}`;
