// The shape of a path: what stays when ids are taken out of it. It says which requests are of one kind; with --anonymise it
// is also what is sent.
//
// The rule. In a path segment, each part between `-`, `_`, `.` and `~` that is a number becomes `1`; a UUID becomes the one of
// zeros; a part of 8 or more hexadecimal digits, with a figure in it, as many zeros (64 at most); a part of 16 or more letters
// and figures mixed, `x`; a segment with `@`, with `%`, or with anything that is not a letter, a figure or `-_.~!$'()*+,:`
// becomes `x`; what follows a `;` is dropped (session ids). In a query, each value goes by the same rule; with --anonymise
// each value that is no number becomes `x`, and so does a name that looks like an id. Words of a path stay as they are.

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi;
const ZERO_UUID = '00000000-0000-0000-0000-000000000000';
const LONGEST_HEX = 64;

export function shapeOf(path: string, anonymise: boolean): string {
  const at = path.indexOf('?');
  const segments = (at < 0 ? path : path.slice(0, at)).split('/').map(segmentShape).join('/');
  if (at < 0) return segments;
  return `${segments}?${path
    .slice(at + 1)
    .split('&')
    .map((pair) => pairShape(pair, anonymise))
    .join('&')}`;
}

function segmentShape(segment: string): string {
  const word = segment.split(';', 1)[0] ?? segment;
  // Most segments are plain words.
  if (/^[a-z]{0,15}$/i.test(word)) return word;
  if (!/^[\w.~!$'()*+,:-]*$/.test(word)) return 'x';
  return word
    .split(UUID)
    .map((rest) => rest.replace(/[^\-_.~]+/g, partShape))
    .join(ZERO_UUID);
}

function partShape(part: string): string {
  if (/^\d+$/.test(part)) return '1';
  if (!/\d/.test(part)) return part;
  if (/^(?:0x)?[0-9a-f]{8,}$/i.test(part)) return '0'.repeat(Math.min(part.length, LONGEST_HEX));
  return part.length >= 16 ? 'x' : part;
}

function pairShape(pair: string, anonymise: boolean): string {
  const at = pair.indexOf('=');
  const name = at < 0 ? pair : pair.slice(0, at);
  const value = at < 0 ? undefined : pair.slice(at + 1);
  const shownName = name === '' || segmentShape(name.replace(/[[\]]/g, '')) === name.replace(/[[\]]/g, '') ? name : 'x';
  if (value === undefined || value === '') return at < 0 ? shownName : `${shownName}=`;
  const shape = segmentShape(value);
  return `${shownName}=${anonymise && shape !== '1' && shape !== ZERO_UUID ? 'x' : shape}`;
}
