/** What an OME-TIFF says of its planes (OME Model, `Pixels` and `TiffData`). */
interface OmePixels {
  /** Axes after X and Y, the one that runs fastest first. */
  readonly axes: readonly Axis[];
  readonly sizes: Readonly<Record<Axis, number>>;
  readonly channels: readonly string[];
}

type Axis = 'Z' | 'C' | 'T';

/**
 * Names of pages by their place on the axes of an OME-TIFF: `DAPI Z3 T0`, numbers from 0, only axes that have more than
 * one place. `undefined` when the description is no OME-XML, or one of other pages than there are.
 */
export function omePageNames(description: string, pageCount: number): readonly string[] | undefined {
  const pixels = readPixels(description);
  if (!pixels || pixels.sizes.Z * pixels.sizes.C * pixels.sizes.T !== pageCount) return undefined;
  const order = planesByPage(description, pixels, pageCount);
  return order.map((place) => nameOf(place, pixels));
}

function readPixels(description: string): OmePixels | undefined {
  const pixels = /<(?:\w+:)?Pixels\b([^>]*)>([\s\S]*?)<\/(?:\w+:)?Pixels>/.exec(description);
  const attributes = pixels?.[1];
  const content = pixels?.[2];
  if (!/<(?:\w+:)?OME\b/.test(description) || attributes === undefined || content === undefined) return undefined;
  const axes = (attribute(attributes, 'DimensionOrder') ?? 'XYZCT').slice(2).split('').filter(isAxis);
  if (new Set(axes).size !== 3) return undefined;
  const size = (axis: Axis): number => Math.max(1, Number(attribute(attributes, `Size${axis}`) ?? 1) || 1);
  const channels = [...content.matchAll(/<(?:\w+:)?Channel\b([^>]*)>/g)].map(([, inside = '']) =>
    unescapeXml(attribute(inside, 'Name') ?? ''),
  );
  return { axes, sizes: { Z: size('Z'), C: size('C'), T: size('T') }, channels };
}

function isAxis(letter: string): letter is Axis {
  return letter === 'Z' || letter === 'C' || letter === 'T';
}

type Place = Readonly<Record<Axis, number>>;

/** Where each page lies: in dimension order, unless a `TiffData` for every page says otherwise. */
function planesByPage(description: string, { axes, sizes }: OmePixels, pageCount: number): readonly Place[] {
  const inOrder = Array.from({ length: pageCount }, (_, page): Place => {
    const place = { Z: 0, C: 0, T: 0 };
    let rest = page;
    for (const axis of axes) {
      place[axis] = rest % sizes[axis];
      rest = Math.floor(rest / sizes[axis]);
    }
    return place;
  });
  const stated = [...description.matchAll(/<(?:\w+:)?TiffData\b([^>]*)>/g)].map(([, inside = '']) => inside);
  const places: (Place | undefined)[] = new Array(pageCount).fill(undefined);
  for (const attributes of stated) {
    const page = Number(attribute(attributes, 'IFD') ?? Number.NaN);
    if (!(page < pageCount) || Number(attribute(attributes, 'PlaneCount') ?? 1) !== 1) return inOrder;
    const first = (axis: Axis): number => Number(attribute(attributes, `First${axis}`) ?? 0) || 0;
    places[page] = { Z: first('Z'), C: first('C'), T: first('T') };
  }
  return places.every((place) => place !== undefined) ? (places as Place[]) : inOrder;
}

function nameOf(place: Place, { sizes, channels }: OmePixels): string {
  const parts: string[] = [];
  if (sizes.C > 1) parts.push(channels[place.C] || `C${place.C}`);
  if (sizes.Z > 1) parts.push(`Z${place.Z}`);
  if (sizes.T > 1) parts.push(`T${place.T}`);
  return parts.join(' ');
}

function attribute(text: string, name: string): string | undefined {
  return new RegExp(`\\b${name}="([^"]*)"`).exec(text)?.[1];
}

const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

function unescapeXml(text: string): string {
  return text.replace(/&(lt|gt|amp|quot|apos);/g, (_, name: string) => ENTITIES[name] ?? '');
}
