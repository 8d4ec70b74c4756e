import type { OutputMetadata } from '@sectile/core/codec';
import { ImageError } from '@sectile/core/errors';
import { ascii, type Box, concat, parseBoxes, uint16, uint32, writeBoxes } from './boxes.ts';

/** An item beside the picture: a block of bytes that describes it. */
interface MetadataItem {
  readonly id: number;
  /** `infe` from the item type on. */
  readonly description: Uint8Array;
  readonly bytes: Uint8Array;
}

/** Where an item lies in the file. */
interface ItemLocation {
  readonly id: number;
  readonly byteOffset: number;
  readonly byteLength: number;
}

/**
 * An AVIF file with a color profile, Exif and XMP in it (HEIF, ISO/IEC 23008-12: 6.5.5, A.2 and A.3). The encoder does not
 * write them, so its boxes are rewritten: `file` is what libavif writes, whose versions and field sizes are counted on.
 */
export function withMetadata(file: Uint8Array, metadata: OutputMetadata | undefined): Uint8Array {
  const { icc, exif, xmp } = metadata ?? {};
  if (!icc && !exif && !xmp) return file;
  const boxes = parseBoxes(file);
  const meta = find(boxes, 'meta');
  const children = parseBoxes(meta.payload.subarray(4));
  const locations = parseLocations(find(children, 'iloc').payload);
  const items = metadataItems(Math.max(...locations.map(({ id }) => id)) + 1, exif, xmp);
  const primary = uint16At(find(children, 'pitm').payload, 4);
  const described = describeItems(children, items, primary).map((box) =>
    box.type === 'iprp' && icc ? { ...box, payload: addProfile(box.payload, icc, primary) } : box,
  );
  return assemble(boxes, described, locations, items);
}

function metadataItems(
  firstId: number,
  exif: Uint8Array | undefined,
  xmp: Uint8Array | undefined,
): readonly MetadataItem[] {
  const items: MetadataItem[] = [];
  // Four bytes say how far into the block the TIFF header begins.
  if (exif) items.push({ id: firstId, description: ascii('Exif\0'), bytes: concat([uint32(0), exif]) });
  if (xmp) {
    const description = ascii('mime\0application/rdf+xml\0');
    items.push({ id: firstId + items.length, description, bytes: xmp });
  }
  return items;
}

/** Adds the items to the list of items (`iinf`) and says that they describe the picture (`iref`, `cdsc`). */
function describeItems(children: readonly Box[], items: readonly MetadataItem[], primary: number): Box[] {
  if (items.length === 0) return [...children];
  const entries = items.map(({ id, description }) => ({
    type: 'infe',
    payload: concat([uint32(0x02000000), uint16(id), uint16(0), description]),
  }));
  const references = items.map(({ id }) => ({
    type: 'cdsc',
    payload: concat([uint16(id), uint16(1), uint16(primary)]),
  }));
  const hasReferences = children.some(({ type }) => type === 'iref');
  return children.flatMap((box): Box[] => {
    if (box.type === 'iref') return [{ ...box, payload: concat([box.payload, writeBoxes(references)]) }];
    if (box.type !== 'iinf') return [box];
    const count = uint16(uint16At(box.payload, 4) + entries.length);
    const listed = [box.payload.subarray(0, 4), count, box.payload.subarray(6), writeBoxes(entries)];
    const extended = { ...box, payload: concat(listed) };
    const reference = { type: 'iref', payload: concat([uint32(0), writeBoxes(references)]) };
    return hasReferences ? [extended] : [extended, reference];
  });
}

/** Adds a `colr` property to the container of properties and to those of the picture. */
function addProfile(iprp: Uint8Array, icc: Uint8Array, primary: number): Uint8Array {
  const boxes = parseBoxes(iprp);
  const properties = find(boxes, 'ipco').payload;
  const index = parseBoxes(properties).length + 1;
  const profile = { type: 'colr', payload: concat([ascii('prof'), icc]) };
  return writeBoxes(
    boxes.map((box) => {
      if (box.type === 'ipco') return { ...box, payload: concat([properties, writeBoxes([profile])]) };
      return box.type === 'ipma' ? { ...box, payload: associate(box.payload, primary, index) } : box;
    }),
  );
}

/** Adds a property, by its number, to an item in `ipma`: version 0, one byte a property. */
function associate(ipma: Uint8Array, item: number, property: number): Uint8Array {
  requireLayout(ipma[0] === 0 && ipma[3] === 0 && property < 128);
  const parts = [ipma.subarray(0, 8)];
  for (let at = 8; at + 3 <= ipma.length; ) {
    const count = ipma[at + 2] ?? 0;
    const entry = ipma.subarray(at, at + 3 + count);
    const isItem = uint16At(ipma, at) === item;
    parts.push(
      isItem
        ? concat([entry.subarray(0, 2), Uint8Array.of(count + 1), entry.subarray(3), Uint8Array.of(property)])
        : entry,
    );
    at += 3 + count;
  }
  return concat(parts);
}

/** `iloc` of version 0 with offsets and lengths of four bytes and one extent an item. */
function parseLocations(iloc: Uint8Array): ItemLocation[] {
  requireLayout(iloc[0] === 0 && iloc[4] === 0x44 && iloc[5] === 0);
  const view = new DataView(iloc.buffer, iloc.byteOffset, iloc.byteLength);
  return Array.from({ length: view.getUint16(6) }, (_, i) => {
    const at = 8 + i * 14;
    requireLayout(view.getUint16(at + 4) === 1);
    return { id: view.getUint16(at), byteOffset: view.getUint32(at + 6), byteLength: view.getUint32(at + 10) };
  });
}

function writeLocations(locations: readonly ItemLocation[]): Uint8Array {
  return concat([
    uint32(0),
    Uint8Array.of(0x44, 0),
    uint16(locations.length),
    ...locations.map(({ id, byteOffset, byteLength }) =>
      concat([uint16(id), uint16(0), uint16(1), uint32(byteOffset), uint32(byteLength)]),
    ),
  ]);
}

/** Puts the new items behind the media data and moves all locations by what the boxes in front have grown. */
function assemble(
  boxes: readonly Box[],
  children: readonly Box[],
  locations: readonly ItemLocation[],
  items: readonly MetadataItem[],
): Uint8Array {
  const [fileType, oldMeta, oldData] = [find(boxes, 'ftyp'), find(boxes, 'meta'), find(boxes, 'mdat')];
  const metaWith = (all: readonly ItemLocation[]): Uint8Array => {
    const placed = children.map((box) => (box.type === 'iloc' ? { ...box, payload: writeLocations(all) } : box));
    return concat([uint32(0), writeBoxes(placed)]);
  };
  const unplaced = items.map(({ id, bytes }) => ({ id, byteOffset: 0, byteLength: bytes.length }));
  const growth = metaWith([...locations, ...unplaced]).length - oldMeta.payload.length;
  const moved = locations.map((location) => ({ ...location, byteOffset: location.byteOffset + growth }));
  // ftyp, meta and mdat, each with a header of 8 bytes.
  let byteOffset = 24 + fileType.payload.length + oldMeta.payload.length + growth + oldData.payload.length;
  const added = unplaced.map((location) => {
    const placed = { ...location, byteOffset };
    byteOffset += location.byteLength;
    return placed;
  });
  const data = concat([oldData.payload, ...items.map(({ bytes }) => bytes)]);
  return writeBoxes([
    fileType,
    { type: 'meta', payload: metaWith([...moved, ...added]) },
    { type: 'mdat', payload: data },
  ]);
}

function find(boxes: readonly Box[], type: string): Box {
  const box = boxes.find((candidate) => candidate.type === type);
  requireLayout(box !== undefined);
  return box;
}

function requireLayout(holds: boolean): asserts holds {
  if (!holds) throw new ImageError('codec', 'The AVIF encoder wrote a file of another layout than expected');
}

function uint16At(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
}
