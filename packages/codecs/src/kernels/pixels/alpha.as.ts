// Colors times alpha, so that transparent pixels do not bleed into others while resampling. Alpha is the last band.

/** Pixels of u8 (`sampleBytes` 1), u16 (2) or f32 (4) samples to f32, each color times its alpha. */
export function premultiply(from: usize, pixels: i32, bands: i32, sampleBytes: i32, to: usize): void {
  for (let pixel = 0; pixel < pixels; pixel++) {
    const alpha = sample(from, bands - 1, sampleBytes);
    for (let band = 0; band < bands - 1; band++) store<f32>(to + (band << 2), sample(from, band, sampleBytes) * alpha);
    store<f32>(to + ((bands - 1) << 2), alpha);
    from += bands * sampleBytes;
    to += <usize>bands << 2;
  }
}

// @ts-ignore: decorator
@inline
function sample(from: usize, index: i32, sampleBytes: i32): f32 {
  if (sampleBytes == 1) return <f32>load<u8>(from + index);
  if (sampleBytes == 2) return <f32>load<u16>(from + (index << 1));
  return load<f32>(from + (index << 2));
}

/** Divides the colors of f32 pixels by their alpha, in place; without alpha they become 0. */
export function unpremultiply(at: usize, pixels: i32, bands: i32): void {
  for (let pixel = 0; pixel < pixels; pixel++, at += <usize>bands << 2) {
    const alpha = load<f32>(at + ((bands - 1) << 2));
    for (let band = 0; band < bands - 1; band++) {
      const color = at + (band << 2);
      store<f32>(color, alpha > 0 ? load<f32>(color) / alpha : 0);
    }
  }
}
