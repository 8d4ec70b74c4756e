import type { ImageServer } from '@sectile/server';

/** One thing that must hold on every runtime, and what came of it. */
export interface RuntimeResult {
  readonly name: string;
  /** Empty: it holds. */
  readonly problem: string;
}

/** Name that the smoke server knows its only image by: with a space and a slash, as real ones have. */
export const SMOKE_IMAGE = 'maps/small pyramid.tif';

const ID = encodeURIComponent(SMOKE_IMAGE);

interface Case {
  readonly name: string;
  readonly path: string;
  readonly status?: number;
  readonly type?: string;
  readonly check?: (bytes: Uint8Array, response: Response) => boolean;
}

const isJpeg = (bytes: Uint8Array): boolean => bytes[0] === 0xff && bytes[1] === 0xd8 && bytes.at(-1) === 0xd9;
const isPng = (bytes: Uint8Array): boolean => bytes[0] === 0x89 && bytes[1] === 0x50;
const isWebp = (bytes: Uint8Array): boolean => bytes[8] === 0x57 && bytes[9] === 0x45;
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

const CASES: readonly Case[] = [
  {
    name: 'describes a pyramid as IIIF 3',
    path: `/iiif/3/${ID}/info.json`,
    check: (bytes) => JSON.parse(text(bytes)).type === 'ImageService3',
  },
  {
    name: 'describes a pyramid as IIIF 2',
    path: `/iiif/2/${ID}/info.json`,
    check: (bytes) => JSON.parse(text(bytes)).protocol === 'http://iiif.io/api/image',
  },
  {
    name: 'passes a stored JPEG tile through',
    path: `/iiif/3/${ID}/0,0,64,64/64,64/0/default.jpg`,
    type: 'image/jpeg',
    check: isJpeg,
  },
  {
    name: 'renders a region to JPEG',
    path: `/iiif/3/${ID}/10,10,100,80/50,40/0/default.jpg`,
    type: 'image/jpeg',
    check: isJpeg,
  },
  { name: 'renders gray, turned, to PNG', path: `/iiif/3/${ID}/full/max/90/gray.png`, type: 'image/png', check: isPng },
  { name: 'renders to WebP', path: `/iiif/2/${ID}/full/120,/0/default.webp`, type: 'image/webp', check: isWebp },
  { name: 'answers a Deep Zoom tile', path: `/deepzoom/${ID}_files/8/0_0.jpg`, type: 'image/jpeg', check: isJpeg },
  { name: 'answers a Zoomify tile', path: `/zoomify/${ID}/TileGroup0/0-0-0.jpg`, type: 'image/jpeg', check: isJpeg },
  { name: 'answers an IIP tile', path: `/iip?FIF=${ID}&JTL=1,0`, type: 'image/jpeg', check: isJpeg },
  {
    name: 'answers IIP objects',
    path: `/fcgi-bin/iipsrv.fcgi?FIF=${ID}&OBJ=Max-size`,
    check: (bytes) => text(bytes) === 'Max-size:200 150\r\n',
  },
  { name: 'does not find what is not there', path: '/iiif/3/nothing.tif/info.json', status: 404 },
  { name: 'refuses nonsense', path: `/iiif/3/${ID}/full/0,0/0/default.jpg`, status: 400 },
];

/** Asks a server that has {@link SMOKE_IMAGE} (200 x 150, 64-pixel JPEG tiles) for one answer of each kind. */
export async function runSmoke(server: Pick<ImageServer, 'fetch'>): Promise<RuntimeResult[]> {
  const results: RuntimeResult[] = [];
  for (const test of CASES) results.push({ name: test.name, problem: await problemOf(test, server) });
  results.push({ name: 'answers 304 to a known ETag', problem: await revalidate(server) });
  return results;
}

async function problemOf(test: Case, server: Pick<ImageServer, 'fetch'>): Promise<string> {
  try {
    const response = await server.fetch(new Request(`http://localhost${test.path}`));
    const bytes = new Uint8Array(await response.arrayBuffer());
    if (response.status !== (test.status ?? 200)) return `status ${response.status}: ${text(bytes).slice(0, 200)}`;
    const type = response.headers.get('content-type') ?? '';
    if (test.type !== undefined && type !== test.type) return `content type ${type}`;
    return test.check === undefined || test.check(bytes, response) ? '' : `unexpected body of ${bytes.length} bytes`;
  } catch (error) {
    return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  }
}

async function revalidate(server: Pick<ImageServer, 'fetch'>): Promise<string> {
  const url = `http://localhost/iiif/3/${ID}/0,0,64,64/64,64/0/default.jpg`;
  const first = await server.fetch(new Request(url));
  await first.arrayBuffer();
  const headers = { 'if-none-match': first.headers.get('etag') ?? '' };
  const second = await server.fetch(new Request(url, { headers }));
  await second.arrayBuffer();
  return second.status === 304 ? '' : `status ${second.status}`;
}
