/** Rows as PNG stores them, before filtering: one after another, 16-bit samples most significant byte first. */
export interface PngRows {
  readonly bytes: Uint8Array;
  readonly rowByteLength: number;
  /** Bytes from a sample to the same band of the pixel before it. */
  readonly pixelByteLength: number;
}

const NONE = 0;
const SUB = 1;
const UP = 2;
const AVERAGE = 3;
const PAETH = 4;

/** Every row prefixed with 0: no filter. */
export function filterNone({ bytes, rowByteLength }: PngRows): Uint8Array {
  const rowCount = bytes.length / rowByteLength;
  const filtered = new Uint8Array(bytes.length + rowCount);
  for (let row = 0; row < rowCount; row++) {
    filtered.set(bytes.subarray(row * rowByteLength, (row + 1) * rowByteLength), row * (rowByteLength + 1) + 1);
  }
  return filtered;
}

/** Sub for the first row and Up for all others: the fastest that still turns photographs into small numbers. */
export function filterUp({ bytes, rowByteLength, pixelByteLength }: PngRows): Uint8Array {
  const rowCount = bytes.length / rowByteLength;
  const filtered = new Uint8Array(bytes.length + rowCount);
  filtered[0] = SUB;
  for (let i = 0; i < rowByteLength; i++) {
    filtered[i + 1] = i < pixelByteLength ? bytes[i]! : bytes[i]! - bytes[i - pixelByteLength]!;
  }
  let at = rowByteLength + 1;
  for (let row = 1; row < rowCount; row++) {
    filtered[at++] = UP;
    const end = (row + 1) * rowByteLength;
    for (let i = row * rowByteLength; i < end; i++) filtered[at++] = bytes[i]! - bytes[i - rowByteLength]!;
  }
  return filtered;
}

/** For each row the filter with the smallest sum of absolute differences (PNG 12.7). */
export function filterAdaptive({ bytes, rowByteLength, pixelByteLength }: PngRows): Uint8Array {
  const rowCount = bytes.length / rowByteLength;
  const filtered = new Uint8Array(bytes.length + rowCount);
  const candidate = new Uint8Array(rowByteLength);
  let above: Uint8Array = new Uint8Array(rowByteLength);
  for (let row = 0; row < rowCount; row++) {
    const current = bytes.subarray(row * rowByteLength, (row + 1) * rowByteLength);
    const target = row * (rowByteLength + 1);
    let smallest = Number.POSITIVE_INFINITY;
    for (let filter = NONE; filter <= PAETH; filter++) {
      filterRow(filter, current, above, pixelByteLength, candidate);
      const sum = sumOfMagnitudes(candidate);
      if (sum >= smallest) continue;
      smallest = sum;
      filtered[target] = filter;
      filtered.set(candidate, target + 1);
    }
    above = current;
  }
  return filtered;
}

function filterRow(
  filter: number,
  current: Uint8Array,
  above: Uint8Array,
  pixelByteLength: number,
  output: Uint8Array,
): void {
  const length = current.length;
  switch (filter) {
    case NONE:
      output.set(current);
      break;
    case SUB:
      for (let i = 0; i < length; i++) {
        output[i] = current[i]! - (i < pixelByteLength ? 0 : current[i - pixelByteLength]!);
      }
      break;
    case UP:
      for (let i = 0; i < length; i++) output[i] = current[i]! - above[i]!;
      break;
    case AVERAGE:
      for (let i = 0; i < length; i++) {
        const left = i < pixelByteLength ? 0 : current[i - pixelByteLength]!;
        output[i] = current[i]! - ((left + above[i]!) >> 1);
      }
      break;
    default:
      for (let i = 0; i < length; i++) {
        const left = i < pixelByteLength ? 0 : current[i - pixelByteLength]!;
        const upperLeft = i < pixelByteLength ? 0 : above[i - pixelByteLength]!;
        output[i] = current[i]! - paeth(left, above[i]!, upperLeft);
      }
  }
}

/** The neighbor nearest to left + above - upperLeft (PNG 9.4). */
function paeth(left: number, above: number, upperLeft: number): number {
  const toLeft = Math.abs(above - upperLeft);
  const toAbove = Math.abs(left - upperLeft);
  const toUpperLeft = Math.abs(left + above - 2 * upperLeft);
  if (toLeft <= toAbove && toLeft <= toUpperLeft) return left;
  return toAbove <= toUpperLeft ? above : upperLeft;
}

/** Bytes taken as signed. */
function sumOfMagnitudes(bytes: Uint8Array): number {
  let sum = 0;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i]!;
    sum += byte < 128 ? byte : 256 - byte;
  }
  return sum;
}
