// Keys of images: the same for the same content, another for every change of what goes in.
import { describe, expect, it } from 'vitest';
import { contextOf, keyOf } from '../../../../harness/tier/images/context.js';
import { imageKey, tagOf, type ContextFile } from '../../../../harness/tier/images/key.js';
import { allImages, chainOf, recipeOf } from '../../../../harness/tier/images/recipes.js';

const file = (path: string, text: string, executable = false): ContextFile => ({
  path,
  content: Buffer.from(text),
  executable,
});

describe('image key', () => {
  const files = [file('Dockerfile', 'FROM x'), file('a/b', 'c')];
  const key = imageKey(files, 'parent');

  it('does not depend on the order of the files', () => {
    expect(imageKey(files.toReversed(), 'parent')).toBe(key);
    expect(tagOf('node-ruby', key)).toMatch(/^remuster-node-ruby:[0-9a-f]{12}$/);
  });

  it.each([
    ['a content', [file('Dockerfile', 'FROM y'), file('a/b', 'c')], 'parent'],
    ['a name', [file('Dockerfile', 'FROM x'), file('a/c', 'c')], 'parent'],
    ['a mode', [file('Dockerfile', 'FROM x'), file('a/b', 'c', true)], 'parent'],
    ['a new file', [...files, file('z', '')], 'parent'],
    ['the parent', files, 'other'],
  ] as const)('changes with %s', (_, changed, parent) => {
    expect(imageKey(changed, parent)).not.toBe(key);
  });

  it('is not fooled by where one file ends and the next begins', () => {
    expect(imageKey([file('a', 'xb - 1\ny')], null)).not.toBe(imageKey([file('a', 'x'), file('b', 'y')], null));
  });

  it('every image has a Dockerfile, and a key that differs from all others', () => {
    const names = allImages();
    for (const name of names) expect(contextOf(name).map(({ path }) => path)).toContain('Dockerfile');
    expect(new Set(names.map(keyOf)).size).toBe(names.length);
    expect(chainOf('node-ruby+systemd')).toEqual(['base', 'node-ruby', 'node-ruby+systemd']);
    expect(tagOf('node-ruby+systemd', keyOf('node-ruby+systemd'))).toMatch(/^remuster-node-ruby-systemd:/);
    expect(() => recipeOf('node-cobol')).toThrow(/node-cobol/);
  });
});
