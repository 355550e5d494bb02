import { describe, expect, test } from '@jest/globals';
import { once } from '../../../src/web/desk/once.ts';

describe('what is loaded once', () => {
  test('is the same for all who ask, also at the same time', async () => {
    let loads = 0;
    const get = once(async () => {
      loads += 1;
      return { loads };
    });
    const [first, second] = await Promise.all([get(), get()]);
    expect(second).toBe(first);
    expect(await get()).toBe(first);
    expect(loads).toBe(1);
  });

  test('is not loaded before somebody asks, and again after it failed', async () => {
    let loads = 0;
    const get = once(async () => {
      loads += 1;
      if (loads === 1) throw new Error('no such file');
      return 'loaded';
    });
    expect(loads).toBe(0);
    await expect(get()).rejects.toThrow('no such file');
    expect(await get()).toBe('loaded');
  });
});
