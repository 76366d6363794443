// Text of the run inside a page: nothing that a journal holds may become markup or end the script that carries the data.
import { clean } from '../text.js';

/** As the text of an element or the value of an attribute in double quotes. */
export function escaped(text: string): string {
  return clean(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

/** JSON that can stand inside <script>: no `<`, so neither `</script` nor `<!--`; the same value when parsed. */
export function scriptJson(value: unknown): string {
  return JSON.stringify(value)
    .replaceAll('<', '\\u003c')
    .replaceAll('\u2028', '\\u2028')
    .replaceAll('\u2029', '\\u2029');
}
