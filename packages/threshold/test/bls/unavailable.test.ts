import { afterEach, describe, expect, it, vi } from 'vitest';

afterEach(() => {
  vi.unstubAllGlobals();
  vi.resetModules();
});

describe('a platform without WebAssembly', () => {
  it('is told so by loadMclBls, which works again when called later', async () => {
    const { loadMclBls } = await import('@keymesh/threshold/bls-mcl');
    vi.stubGlobal('WebAssembly', undefined);
    await expect(loadMclBls()).rejects.toMatchObject({ code: 'bls/backend-unavailable', fault: 'environment' });
    vi.unstubAllGlobals();
    expect((await loadMclBls()).name).toBe('mcl');
  });
});
