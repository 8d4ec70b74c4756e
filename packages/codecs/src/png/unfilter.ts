import { ImageError } from '@sectile/core/errors';

/** Filtered rows of one picture or one pass: each a filter type and `rowByteLength` bytes. */
export interface FilteredRows {
  readonly bytes: Uint8Array;
  /** Where the first row begins. */
  readonly byteOffset: number;
  readonly rowByteLength: number;
  readonly rowCount: number;
  /** Bytes from a sample to the same band of the pixel before it; 1 where pixels are smaller than a byte. */
  readonly pixelByteLength: number;
}

/** Undoes the filters of PNG (PNG, 9.2) in place. Rows stay where they are, behind their filter type. */
export function unfilter({ bytes, byteOffset, rowByteLength, rowCount, pixelByteLength }: FilteredRows): void {
  const stride = rowByteLength + 1;
  for (let row = 0; row < rowCount; row++) {
    const filter = bytes[byteOffset + row * stride]!;
    const start = byteOffset + row * stride + 1;
    const end = start + rowByteLength;
    const hasAbove = row > 0;
    switch (filter) {
      case 0:
        break;
      case 1:
        for (let i = start + pixelByteLength; i < end; i++) bytes[i] = bytes[i]! + bytes[i - pixelByteLength]!;
        break;
      case 2:
        if (hasAbove) for (let i = start; i < end; i++) bytes[i] = bytes[i]! + bytes[i - stride]!;
        break;
      case 3:
        undoAverage(bytes, start, { end, pixelByteLength, stride: hasAbove ? stride : 0 });
        break;
      case 4:
        undoPaeth(bytes, start, { end, pixelByteLength, stride: hasAbove ? stride : 0 });
        break;
      default:
        throw new ImageError('codec', `PNG filter ${filter} does not exist`);
    }
  }
}

interface Row {
  readonly end: number;
  readonly pixelByteLength: number;
  /** Bytes to the row above; 0 when there is none, which counts as zeros. */
  readonly stride: number;
}

function undoAverage(bytes: Uint8Array, start: number, { end, pixelByteLength, stride }: Row): void {
  const firstEnd = Math.min(start + pixelByteLength, end);
  if (stride === 0) {
    for (let i = firstEnd; i < end; i++) bytes[i] = bytes[i]! + (bytes[i - pixelByteLength]! >> 1);
    return;
  }
  for (let i = start; i < firstEnd; i++) bytes[i] = bytes[i]! + (bytes[i - stride]! >> 1);
  for (let i = firstEnd; i < end; i++) {
    bytes[i] = bytes[i]! + ((bytes[i - pixelByteLength]! + bytes[i - stride]!) >> 1);
  }
}

/** The neighbor nearest to left + above - upper left is added; see PNG, 9.4. */
function undoPaeth(bytes: Uint8Array, start: number, { end, pixelByteLength, stride }: Row): void {
  const firstEnd = Math.min(start + pixelByteLength, end);
  if (stride === 0) {
    for (let i = firstEnd; i < end; i++) bytes[i] = bytes[i]! + bytes[i - pixelByteLength]!;
    return;
  }
  for (let i = start; i < firstEnd; i++) bytes[i] = bytes[i]! + bytes[i - stride]!;
  for (let i = firstEnd; i < end; i++) {
    const left = bytes[i - pixelByteLength]!;
    const above = bytes[i - stride]!;
    const upperLeft = bytes[i - stride - pixelByteLength]!;
    let toLeft = above - upperLeft;
    let toAbove = left - upperLeft;
    let toUpperLeft = toLeft + toAbove;
    if (toLeft < 0) toLeft = -toLeft;
    if (toAbove < 0) toAbove = -toAbove;
    if (toUpperLeft < 0) toUpperLeft = -toUpperLeft;
    const nearest = toLeft <= toAbove && toLeft <= toUpperLeft ? left : toAbove <= toUpperLeft ? above : upperLeft;
    bytes[i] = bytes[i]! + nearest;
  }
}
