// The sample application of remuster, as servers of Node.js load it. See shop.mjs.
export { application } from './shop.mjs';
