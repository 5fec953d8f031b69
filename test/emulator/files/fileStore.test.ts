import { expect } from 'chai';
import type { Emulator } from '../../../emulator/emulator.ts';
import { fileLimit } from '../../../emulator/files/fileStore.ts';
import { startEmulator } from '../../../emulator/startEmulator.ts';

const bytesOf = (text: string): Uint8Array<ArrayBuffer> => new Uint8Array(Buffer.from(text));

describe('a file that a customer sends', () => {
  let emulator: Emulator;
  beforeEach(async () => {
    emulator = await startEmulator();
  });
  afterEach(() => emulator.close());

  async function upload(name: string, type: string, bytes = bytesOf('bytes'), headers = {}): Promise<Response> {
    const query = new URLSearchParams({ name });
    return fetch(`${emulator.url}/_emulator/files?${query.toString()}`, {
      method: 'POST',
      headers: { 'content-type': type, ...headers },
      body: bytes,
    });
  }
  async function kept(name: string, type: string, bytes?: Uint8Array<ArrayBuffer>): Promise<Record<string, string>> {
    return (await (await upload(name, type, bytes)).json()) as Record<string, string>;
  }

  it('is kept, and served from the emulator as what it is', async () => {
    const { type, url } = await kept('cat.png', 'image/png');
    expect(type).to.equal('image');
    expect(url).to.match(new RegExp(`^${emulator.url}/_emulator/files/[0-9a-f-]{36}/cat\\.png$`));
    const response = await fetch(url!);
    expect([response.status, await response.text()]).to.deep.equal([200, 'bytes']);
    expect(response.headers.get('content-type')).to.equal('image/png');
    expect(response.headers.get('content-disposition')).to.match(/^inline/);
    expect((await fetch(url!, { method: 'HEAD' })).headers.get('content-length')).to.equal('5');
  });

  for (const type of ['text/html', 'image/svg+xml', 'application/xhtml+xml', 'text/javascript', 'x', '']) {
    it(`is bytes to save and can run no script when it says it is ${type === '' ? 'nothing' : type}`, async () => {
      const { type: kind, url } = await kept('page.html', type, bytesOf('<script>1</script>'));
      const { headers } = await fetch(url!);
      expect(kind).to.equal('file');
      expect(headers.get('content-type')).to.equal('application/octet-stream');
      expect(headers.get('content-disposition')).to.match(/^attachment/);
      expect(headers.get('x-content-type-options')).to.equal('nosniff');
      expect(headers.get('content-security-policy')).to.equal("default-src 'none'; sandbox");
    });
  }

  it('may be called anything: names are no way to other files and no headers', async () => {
    const names = ['../../seed.ts', '..', '', 'a"\r\nset-cookie: a=b', "it's (ä) 💚.txt", `${'x'.repeat(300)}.pdf`];
    const urls = await Promise.all(names.map(async (name) => (await kept(name, 'text/plain'))['url']!));
    expect(urls.map((url) => decodeURIComponent(url.split('/').at(-1)!))).to.deep.equal([
      'seed.ts',
      'file',
      'file',
      'a" set-cookie: a=b',
      "it's (ä) 💚.txt",
      `${'x'.repeat(96)}.pdf`,
    ]);
    for (const url of urls) {
      const { status, headers } = await fetch(url);
      expect([status, headers.has('set-cookie')]).to.deep.equal([200, false]);
    }
  });

  it('is refused when it is empty, too long, or comes from a page elsewhere', async () => {
    expect((await upload('a', 'image/png', bytesOf(''))).status).to.equal(400);
    expect((await upload('a', 'image/png', new Uint8Array(fileLimit + 1))).status).to.equal(413);
    const elsewhere = await upload('a', 'image/png', bytesOf('b'), { origin: 'https://elsewhere.example' });
    expect(elsewhere.status).to.equal(403);
    expect((await fetch(`${emulator.url}/_emulator/files`)).status).to.equal(405);
  });

  it('makes room for younger ones, and is gone after a reset', async () => {
    const keep = (): string =>
      emulator.keepFile({ name: 'a', contentType: 'image/png', bytes: new Uint8Array(fileLimit) }).url;
    const statusOf = async (url: string): Promise<number> => (await fetch(url, { method: 'HEAD' })).status;
    const urls = Array.from({ length: 11 }, keep);
    expect([await statusOf(urls[0]!), await statusOf(urls[1]!), await statusOf(urls[10]!)]).to.deep.equal([
      404, 200, 200,
    ]);
    emulator.reset();
    expect(await statusOf(urls[10]!)).to.equal(404);
  });
});
