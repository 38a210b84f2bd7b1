/** Small helpers around WebGL2. */

export function program(gl: WebGL2RenderingContext, vertex: string, fragment: string): WebGLProgram {
  const made = gl.createProgram();
  for (const [type, source] of [[gl.VERTEX_SHADER, vertex], [gl.FRAGMENT_SHADER, fragment]] as const) {
    const shader = gl.createShader(type);
    if (!shader) throw new Error("the browser gave no shader");
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    if (!gl.getShaderParameter(shader, gl.COMPILE_STATUS) && !gl.isContextLost()) throw new Error(gl.getShaderInfoLog(shader) ?? "a shader did not compile");
    gl.attachShader(made, shader);
  }
  gl.linkProgram(made);
  if (!gl.getProgramParameter(made, gl.LINK_STATUS) && !gl.isContextLost()) throw new Error(gl.getProgramInfoLog(made) ?? "a program did not link");
  return made;
}

/** The uniforms of a program by name. */
export function uniforms<Name extends string>(gl: WebGL2RenderingContext, of: WebGLProgram, names: readonly Name[]): Record<Name, WebGLUniformLocation | null> {
  return Object.fromEntries(names.map((name) => [name, gl.getUniformLocation(of, name)])) as Record<Name, WebGLUniformLocation | null>;
}

export function texture(gl: WebGL2RenderingContext, min: number, mag: number): WebGLTexture {
  const made = gl.createTexture();
  gl.bindTexture(gl.TEXTURE_2D, made);
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, min);
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, mag);
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_S, gl.CLAMP_TO_EDGE);
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_T, gl.CLAMP_TO_EDGE);
  return made;
}

export interface Attribute {
  readonly size: number;
  readonly offset: number;
}

/** A vertex array over one buffer of floats; `divisor` 1 for one record an instance. */
export function vertexArray(gl: WebGL2RenderingContext, attributes: readonly Attribute[], floats: number, divisor: number): { array: WebGLVertexArrayObject; buffer: WebGLBuffer } {
  const array = gl.createVertexArray();
  const buffer = gl.createBuffer();
  gl.bindVertexArray(array);
  gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
  attributes.forEach(({ size, offset }, index) => {
    gl.enableVertexAttribArray(index);
    gl.vertexAttribPointer(index, size, gl.FLOAT, false, floats * 4, offset * 4);
    gl.vertexAttribDivisor(index, divisor);
  });
  gl.bindVertexArray(null);
  return { array, buffer };
}
