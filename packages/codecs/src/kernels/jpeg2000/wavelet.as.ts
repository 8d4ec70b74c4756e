// One level of the inverse wavelet transforms of ITU-T T.800 annex F, on a window whose edges are extended by symmetry.
//
// Samples are 32 bits, f32 for the irreversible 9/7 and i32 for the reversible 5/3. A window [x0, x1) x [y0, y1) has
// ceil(x1 / 2) - ceil(x0 / 2) low columns and floor(x1 / 2) - floor(x0 / 2) high ones; rows alike.

const ALPHA: f32 = 1.586134342059924;
const BETA: f32 = 0.052980118572961;
const GAMMA: f32 = -0.882911075530934;
const DELTA: f32 = -0.443506852043971;
const K: f32 = 1.230174104914001;

/** Room at both ends of a row's two halves: one mirrored sample and what a vector may write past the end. */
const PAD: usize = 64;

/** Bytes of scratch that a window of this width needs. */
export function rowScratch(width: i32): usize {
  return 2 * (((<usize>(width + 1) >> 1) << 2) + 2 * PAD);
}

// @ts-ignore: decorator
@inline
function copyScaled(source: usize, target: usize, count: i32, factor: f32): void {
  const vector = f32x4.splat(factor);
  const bytes = <usize>count << 2;
  for (let i: usize = 0; i < bytes; i += 16) v128.store(target + i, f32x4.mul(v128.load(source + i), vector));
}

// @ts-ignore: decorator
@inline
function mirrorEnds(samples: usize, count: i32): void {
  store<u32>(samples - 4, load<u32>(samples));
  store<u32>(samples + (<usize>count << 2), load<u32>(samples + (<usize>(count - 1) << 2)));
}

/** samples[i] += factor * (others[i] + others[i + 1]) */
// @ts-ignore: decorator
@inline
function lift97(samples: usize, others: usize, count: i32, factor: f32): void {
  const vector = f32x4.splat(factor);
  const bytes = <usize>count << 2;
  for (let i: usize = 0; i < bytes; i += 16) {
    const sum = f32x4.add(v128.load(others + i), v128.load(others + i, 4));
    v128.store(samples + i, f32x4.add(v128.load(samples + i), f32x4.mul(sum, vector)));
  }
}

/** Low and high halves alternate; `odd` puts the high one first. */
// @ts-ignore: decorator
@inline
function interleave(low: usize, high: usize, width: i32, odd: i32, output: usize): void {
  const first = odd ? high : low;
  const second = odd ? low : high;
  const pairs = width >> 1;
  let i = 0;
  for (; i + 4 <= pairs; i += 4) {
    const at = <usize>i << 2;
    const a = v128.load(first + at);
    const b = v128.load(second + at);
    v128.store(output + (at << 1), v128.shuffle<i32>(a, b, 0, 4, 1, 5));
    v128.store(output + (at << 1), v128.shuffle<i32>(a, b, 2, 6, 3, 7), 16);
  }
  for (; i < pairs; i++) {
    const at = <usize>i << 2;
    store<u32>(output + (at << 1), load<u32>(first + at));
    store<u32>(output + (at << 1), load<u32>(second + at), 4);
  }
  if (width & 1) store<u32>(output + (<usize>(width - 1) << 2), load<u32>(first + (<usize>pairs << 2)));
}

function row97(
  lowIn: usize,
  highIn: usize,
  width: i32,
  odd: i32,
  lowFactor: f32,
  highFactor: f32,
  scratch: usize,
  output: usize,
): void {
  const lowCount = (width + 1 - odd) >> 1;
  const highCount = width - lowCount;
  const low = scratch + PAD;
  const high = scratch + (rowScratch(width) >> 1) + PAD;
  copyScaled(lowIn, low, lowCount, lowFactor);
  copyScaled(highIn, high, highCount, highFactor);
  const left = <usize>(1 - odd) << 2;
  const right = <usize>odd << 2;
  mirrorEnds(high, highCount);
  lift97(low, high - left, lowCount, DELTA);
  mirrorEnds(low, lowCount);
  lift97(high, low - right, highCount, GAMMA);
  mirrorEnds(high, highCount);
  lift97(low, high - left, lowCount, BETA);
  mirrorEnds(low, lowCount);
  lift97(high, low - right, highCount, ALPHA);
  interleave(low, high, width, odd, output);
}

function row53(lowIn: usize, highIn: usize, width: i32, odd: i32, scratch: usize, output: usize): void {
  const lowCount = (width + 1 - odd) >> 1;
  const highCount = width - lowCount;
  const low = scratch + PAD;
  const high = scratch + (rowScratch(width) >> 1) + PAD;
  memory.copy(low, lowIn, <usize>lowCount << 2);
  memory.copy(high, highIn, <usize>highCount << 2);
  mirrorEnds(high, highCount);
  lowStep53(low, high - (<usize>(1 - odd) << 2), high + (<usize>odd << 2), lowCount);
  mirrorEnds(low, lowCount);
  highStep53(high, low - (<usize>odd << 2), low + (<usize>(1 - odd) << 2), highCount);
  interleave(low, high, width, odd, output);
}

/** samples -= (before + after + 2) >> 2 */
// @ts-ignore: decorator
@inline
function lowStep53(samples: usize, before: usize, after: usize, count: i32): void {
  const two = i32x4.splat(2);
  const bytes = <usize>count << 2;
  let i: usize = 0;
  for (; i + 16 <= bytes; i += 16) {
    const sum = i32x4.add(i32x4.add(v128.load(before + i), v128.load(after + i)), two);
    v128.store(samples + i, i32x4.sub(v128.load(samples + i), i32x4.shr_s(sum, 2)));
  }
  for (; i < bytes; i += 4) {
    store<i32>(samples + i, load<i32>(samples + i) - ((load<i32>(before + i) + load<i32>(after + i) + 2) >> 2));
  }
}

/** samples += (before + after) >> 1 */
// @ts-ignore: decorator
@inline
function highStep53(samples: usize, before: usize, after: usize, count: i32): void {
  const bytes = <usize>count << 2;
  let i: usize = 0;
  for (; i + 16 <= bytes; i += 16) {
    const sum = i32x4.add(v128.load(before + i), v128.load(after + i));
    v128.store(samples + i, i32x4.add(v128.load(samples + i), i32x4.shr_s(sum, 1)));
  }
  for (; i < bytes; i += 4) {
    store<i32>(samples + i, load<i32>(samples + i) + ((load<i32>(before + i) + load<i32>(after + i)) >> 1));
  }
}

/** samples += factor * (before + after), `count` floats. */
// @ts-ignore: decorator
@inline
function rowStep97(samples: usize, before: usize, after: usize, count: i32, factor: f32): void {
  const vector = f32x4.splat(factor);
  const bytes = <usize>count << 2;
  let i: usize = 0;
  for (; i + 16 <= bytes; i += 16) {
    const sum = f32x4.add(v128.load(before + i), v128.load(after + i));
    v128.store(samples + i, f32x4.add(v128.load(samples + i), f32x4.mul(sum, vector)));
  }
  for (; i < bytes; i += 4) {
    store<f32>(samples + i, load<f32>(samples + i) + factor * (load<f32>(before + i) + load<f32>(after + i)));
  }
}

/** Lifts row `y` of `output` by its two neighbors. `step`: 0..3 of the 9/7, 4 and 5 of the 5/3. */
function liftRow(output: usize, width: i32, height: i32, y: i32, step: i32): void {
  if (y < 0 || y >= height) return;
  const rowBytes = <usize>width << 2;
  const row = output + <usize>y * rowBytes;
  const above = y > 0 ? row - rowBytes : row + rowBytes;
  const below = y + 1 < height ? row + rowBytes : row - rowBytes;
  if (step == 0) rowStep97(row, above, below, width, DELTA);
  else if (step == 1) rowStep97(row, above, below, width, GAMMA);
  else if (step == 2) rowStep97(row, above, below, width, BETA);
  else if (step == 3) rowStep97(row, above, below, width, ALPHA);
  else if (step == 4) lowStep53(row, above, below, width);
  else highStep53(row, above, below, width);
}

/**
 * All steps of the 9/7: the first one on the low row `y`, each other one on the row above the one before it, while those are in
 * the nearest cache. Rows up to `y` + 1 have been put in.
 */
function liftBehind97(output: usize, width: i32, height: i32, y: i32): void {
  if (y < 4 || y + 1 >= height) {
    for (let step = 0; step < 4; step++) liftRow(output, width, height, y - step, step);
    return;
  }
  const rowBytes = <usize>width << 2;
  const row = output + <usize>y * rowBytes;
  const row1 = row - rowBytes;
  const row2 = row1 - rowBytes;
  const row3 = row2 - rowBytes;
  const delta = f32x4.splat(DELTA);
  const gamma = f32x4.splat(GAMMA);
  const beta = f32x4.splat(BETA);
  const alpha = f32x4.splat(ALPHA);
  let i: usize = 0;
  for (; i + 16 <= rowBytes; i += 16) {
    const high1 = v128.load(row1 + i);
    const low2 = v128.load(row2 + i);
    const high3 = v128.load(row3 + i);
    const low = f32x4.add(v128.load(row + i), f32x4.mul(f32x4.add(high1, v128.load(row + rowBytes + i)), delta));
    const lifted1 = f32x4.add(high1, f32x4.mul(f32x4.add(low2, low), gamma));
    const lifted2 = f32x4.add(low2, f32x4.mul(f32x4.add(high3, lifted1), beta));
    const lifted3 = f32x4.add(high3, f32x4.mul(f32x4.add(v128.load(row3 - rowBytes + i), lifted2), alpha));
    v128.store(row + i, low);
    v128.store(row1 + i, lifted1);
    v128.store(row2 + i, lifted2);
    v128.store(row3 + i, lifted3);
  }
  const rest = <i32>((rowBytes - i) >> 2);
  rowStep97(row + i, row1 + i, row + rowBytes + i, rest, DELTA);
  rowStep97(row1 + i, row2 + i, row + i, rest, GAMMA);
  rowStep97(row2 + i, row3 + i, row1 + i, rest, BETA);
  rowStep97(row3 + i, row3 - rowBytes + i, row2 + i, rest, ALPHA);
}

/**
 * Puts the four subbands of a window together. Rows of `ll` are `llStride` bytes apart, those of the others and of `output`
 * follow one another. 16 readable bytes follow each. `scratch`: {@link rowScratch} bytes.
 */
export function synthesize97(
  ll: usize,
  llStride: usize,
  hl: usize,
  lh: usize,
  hh: usize,
  x0: i32,
  y0: i32,
  width: i32,
  height: i32,
  scratch: usize,
  output: usize,
): void {
  const oddX = x0 & 1;
  const oddY = y0 & 1;
  const lowBytes = <usize>((width + 1 - oddX) >> 1) << 2;
  const highBytes = (<usize>width << 2) - lowBytes;
  // A single row or column is not transformed; a high one is twice the sample (F.3.6).
  const wide = width > 1;
  const tall = height > 1;
  const lowY: f32 = tall ? K : 1;
  const highY: f32 = tall ? 1 / K : 0.5;
  for (let y = 0; y < height + 4; y++) {
    const low = ((y ^ oddY) & 1) == 0;
    if (y < height) {
      const factor = low ? lowY : highY;
      const row = output + <usize>y * (<usize>width << 2);
      const lowIn = low ? ll : lh;
      const highIn = low ? hl : hh;
      if (wide) row97(lowIn, highIn, width, oddX, factor * K, factor / K, scratch, row);
      else store<f32>(row, oddX ? 0.5 * factor * load<f32>(highIn) : factor * load<f32>(lowIn));
      if (low) {
        ll += llStride;
        hl += highBytes;
      } else {
        lh += lowBytes;
        hh += highBytes;
      }
    }
    if (tall && !low) liftBehind97(output, width, height, y - 1);
  }
}

/** The same for the reversible transform. */
export function synthesize53(
  ll: usize,
  llStride: usize,
  hl: usize,
  lh: usize,
  hh: usize,
  x0: i32,
  y0: i32,
  width: i32,
  height: i32,
  scratch: usize,
  output: usize,
): void {
  const oddX = x0 & 1;
  const oddY = y0 & 1;
  const lowBytes = <usize>((width + 1 - oddX) >> 1) << 2;
  const highBytes = (<usize>width << 2) - lowBytes;
  const tall = height > 1;
  for (let y = 0; y < height + 2; y++) {
    const low = ((y ^ oddY) & 1) == 0;
    if (y < height) {
      const row = output + <usize>y * (<usize>width << 2);
      const lowIn = low ? ll : lh;
      const highIn = low ? hl : hh;
      if (width > 1) row53(lowIn, highIn, width, oddX, scratch, row);
      else store<i32>(row, oddX ? load<i32>(highIn) >> 1 : load<i32>(lowIn));
      if (low) {
        ll += llStride;
        hl += highBytes;
      } else {
        lh += lowBytes;
        hh += highBytes;
      }
    }
    if (!tall || low) continue;
    liftRow(output, width, height, y - 1, 4);
    liftRow(output, width, height, y - 2, 5);
  }
  if (tall || !oddY) return;
  for (let x = 0; x < width; x++) {
    const at = output + (<usize>x << 2);
    store<i32>(at, load<i32>(at) >> 1);
  }
}
