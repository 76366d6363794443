// Groups of keys for which one text may stand: `build: ./web` is `build: { context: ./web }`.
import { z } from 'zod';

/** Such groups, with the key that the text means: what the published JSON Schema says of them. */
export const shortForms = z.registry<{ readonly key: string }>();

export const inShort = <T extends z.ZodType>(key: string, group: T) => {
  const either = z.preprocess((value) => (typeof value === 'string' ? { [key]: value } : value), group);
  shortForms.add(either, { key });
  return either;
};
