// The sample application as it is handed to servers: knobs become variables, its files come along.
import { describe, expect, it } from 'vitest';
import { shop } from '../../../../harness/tier/apps/shop.js';

describe('shop', () => {
  it('hands its knobs over as variables', () => {
    const { env, outputBytesPerRequest, launcher } = shop.parts(
      shop.options.parse({ serviceMs: 50, keepKib: 250, keepFor: '10s', logBytes: 400, bootTime: '2s' }),
      'rack',
    );
    expect(env).toMatchObject({
      SHOP_SERVICE_MS: '50',
      SHOP_KEEP_KIB: '250',
      SHOP_KEEP_FOR_MS: '10000',
      SHOP_LOG_BYTES: '400',
      SHOP_BOOT_MS: '2000',
    });
    expect(outputBytesPerRequest).toBe(400);
    expect(launcher).toEqual([]);
  });

  it('brings its files, and folders that a server of another user can write to', () => {
    const { files } = shop.parts(shop.options.parse({}), 'rack');
    expect(files.find(({ path }) => path === '/opt/shop/shop.rb')?.content).toContain('class Shop');
    expect(files.find(({ path }) => path === '/var/lib/shop')).toMatchObject({ directory: true, mode: 0o777 });
  });

  it.each([[{ serviceMs: -1 }], [{ keepFor: 10 }], [{ rig: 'unheard-of' }], [{ colour: 'red' }]])(
    'refuses %j',
    (options) => {
      expect(shop.options.safeParse(options).success).toBe(false);
    },
  );
});
