import type { UnsignedSamples } from './kernels.ts';

/** Undoes predictor 2 in place (TIFF 6.0 section 14); see `Kernels`. */
export function undoDifferencing(samples: UnsignedSamples, rowSamples: number, bands: number): void {
  for (let start = 0; start < samples.length; start += rowSamples) {
    const end = Math.min(samples.length, start + rowSamples);
    if (bands === 3 && (end - start) % 3 === 0) addThree(samples, start, end);
    else if (bands === 1) addOne(samples, start, end);
    else for (let i = start + bands; i < end; i++) samples[i] = samples[i]! + samples[i - bands]!;
  }
}

/** Running sums in registers: twice as fast as reading the output back. */
function addOne(samples: UnsignedSamples, start: number, end: number): void {
  let sum = 0;
  for (let i = start; i < end; i++) samples[i] = sum = (sum + samples[i]!) | 0;
}

function addThree(samples: UnsignedSamples, start: number, end: number): void {
  let red = 0;
  let green = 0;
  let blue = 0;
  for (let i = start; i < end; i += 3) {
    samples[i] = red = (red + samples[i]!) | 0;
    samples[i + 1] = green = (green + samples[i + 1]!) | 0;
    samples[i + 2] = blue = (blue + samples[i + 2]!) | 0;
  }
}
