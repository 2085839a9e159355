/** The programs that draw the space on the graphics processor. */

/**
 * Points. `from` and `to` are places (x, y, z, colour) and `sizes` (from, to) as shares of 65535;
 * 65535 itself means no value, as in `payload.js`. `mark`: 0 plain, 1 selected.
 */
export const POINT_VERTEX = /* glsl */ `
  precision highp float;
  in vec4 from;
  in vec4 to;
  in vec2 sizes;
  in float mark;
  uniform mat4 view;
  uniform float mixing;
  uniform float flatness;
  uniform float base;
  uniform float distance;
  uniform float smallest;
  uniform vec3 none;
  uniform vec3 chosen;
  uniform sampler2D map;
  flat out vec3 tint;
  flat out float haze;

  const float STEPS = 65535.0 / 65534.0;
  bool known(float share) { return share < 0.99999; }
  float coordinate(float share) { return known(share) ? 2.0 * STEPS * share - 1.0 : -1.1; }
  vec3 place(vec4 steps) {
    return vec3(coordinate(steps.x), coordinate(steps.y), coordinate(steps.z));
  }
  vec3 colour(float share) {
    return known(share) ? texture(map, vec2(0.5 / 256.0 + share * 255.0 / 256.0, 0.5)).rgb : none;
  }
  float grown(float share) { return known(share) ? 0.55 + 1.6 * share : 0.4; }

  void main() {
    vec3 point = place(to);
    float size = grown(sizes.y);
    tint = colour(to.w);
    if (mixing < 1.0) { // at rest, which is most of the time, half of the work is not needed
      point = mix(place(from), point, mixing);
      size = mix(grown(sizes.x), size, mixing);
      tint = mix(colour(from.w), tint, mixing);
    }
    point.z *= 1.0 - flatness;
    gl_Position = view * vec4(point, 1.0);
    bool marked = mark > 0.5;
    gl_PointSize = max(base * size * distance / gl_Position.w * (marked ? 1.5 : 1.0), smallest);
    if (marked) tint = chosen;
    haze = marked ? 0.0 : (1.0 - flatness) * clamp((gl_Position.w - distance + 1.2) / 2.9, 0.0, 1.0) * 0.6;
  }
`;

export const POINT_FRAGMENT = /* glsl */ `
  precision mediump float;
  flat in vec3 tint;
  flat in float haze;
  uniform vec3 ground;
  uniform float round;
  out vec4 pixel;
  void main() {
    vec2 off = gl_PointCoord - 0.5;
    float far = dot(off, off);
    if (far > round) discard;
    float rim = far > 0.16 ? 0.28 : 0.0;
    pixel = vec4(mix(tint, ground, max(haze, rim)), 1.0);
  }
`;

export const LINE_VERTEX = /* glsl */ `
  precision highp float;
  in vec3 position;
  uniform mat4 view;
  void main() { gl_Position = view * vec4(position, 1.0); }
`;

export const LINE_FRAGMENT = /* glsl */ `
  precision mediump float;
  uniform vec3 tint;
  out vec4 pixel;
  void main() { pixel = vec4(tint, 1.0); }
`;
