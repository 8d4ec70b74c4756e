/**
 * Undoes predictor 2 of 8-bit samples in place (TIFF 6.0 section 14): each sample adds the one `bands` before it, modulo
 * 256. A row shorter than `rowByteLength` may end the data.
 */
export function undoDifferencing8(data: Uint8Array, rowByteLength: number, bands: number): void {
  for (let start = 0; start < data.length; start += rowByteLength) {
    const end = Math.min(data.length, start + rowByteLength);
    if (bands === 3 && (end - start) % 3 === 0) addThree(data, start, end);
    else if (bands === 1) addOne(data, start, end);
    else for (let i = start + bands; i < end; i++) data[i] = data[i]! + data[i - bands]!;
  }
}

function addOne(data: Uint8Array, start: number, end: number): void {
  let sum = 0;
  for (let i = start; i < end; i++) data[i] = sum += data[i]!;
}

/** Running sums in registers: twice as fast as reading the output back. */
function addThree(data: Uint8Array, start: number, end: number): void {
  let red = 0;
  let green = 0;
  let blue = 0;
  for (let i = start; i < end; i += 3) {
    data[i] = red = (red + data[i]!) & 255;
    data[i + 1] = green = (green + data[i + 1]!) & 255;
    data[i + 2] = blue = (blue + data[i + 2]!) & 255;
  }
}
