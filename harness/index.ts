// The public surface of the package: what scenarios get, and the library that plays them.
export * from './scenario/surface.js';
export { environmentOf, run } from './library.js';
export type { Played, RunSettings } from './library.js';
