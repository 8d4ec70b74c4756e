// Lookup tables. Offsets into tables for each band come from the caller: a table shared by all has the offset 0.

/**
 * `count` samples of `inputBytes` (1 or 2) to `outputBytes` (1 or 2) by `table`. Band i uses the entries from
 * `i * entriesPerBand` on. The first sample belongs to band 0.
 */
export function lookUp(from: usize, count: i32, bands: i32, table: usize, entriesPerBand: i32, inputBytes: i32, outputBytes: i32, to: usize): void {
  if (entriesPerBand == 0) bands = 1;
  const step = <usize>(bands * inputBytes), outputStep = <usize>(bands * outputBytes);
  for (let band = 0; band < bands; band++) {
    const entries = table + <usize>(band * entriesPerBand * outputBytes);
    const end = from + <usize>(count * inputBytes);
    let at = from + <usize>(band * inputBytes), out = to + <usize>(band * outputBytes);
    if (inputBytes == 1 && outputBytes == 1) {
      for (; at < end; at += step, out += outputStep) store<u8>(out, load<u8>(entries + load<u8>(at)));
    } else if (inputBytes == 1) {
      for (; at < end; at += step, out += outputStep) store<u16>(out, load<u16>(entries + (<usize>load<u8>(at) << 1)));
    } else if (outputBytes == 1) {
      for (; at < end; at += step, out += outputStep) store<u8>(out, load<u8>(entries + load<u16>(at)));
    } else {
      for (; at < end; at += step, out += outputStep) store<u16>(out, load<u16>(entries + (<usize>load<u16>(at) << 1)));
    }
  }
}

/**
 * `pixels` samples of `inputBytes` (1 or 2), `step` bytes apart, to colors of three u8: the lower bytes of a u32 in
 * `colors`. Writes one byte beyond.
 */
export function lookUpColors(from: usize, pixels: i32, step: i32, inputBytes: i32, colors: usize, to: usize): void {
  const end = to + <usize>(pixels * 3);
  if (inputBytes == 1) {
    for (; to < end; to += 3, from += step) store<u32>(to, load<u32>(colors + (<usize>load<u8>(from) << 2)));
  } else {
    for (; to < end; to += 3, from += step) store<u32>(to, load<u32>(colors + (<usize>load<u16>(from) << 2)));
  }
}
