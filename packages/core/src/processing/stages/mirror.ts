import { pixelWords, withWords } from '../pixel-words.ts';
import type { StageDefinition } from '../stage.ts';

/** `horizontal`: out(x, y) = in(width - 1 - x, y), left and right change places. `vertical`: top and bottom do. */
export const mirror: StageDefinition<'mirror'> = {
  outputShape: (_step, input) => input,

  create(step) {
    return {
      kind: 'buffer',
      apply(pixels) {
        const { width, height } = pixels;
        const { words, perPixel } = pixelWords(pixels);
        const output = words.slice();
        const rowLength = width * perPixel;
        if (step.axis === 'vertical') {
          for (let y = 0; y < height; y++) {
            output.set(words.subarray(y * rowLength, (y + 1) * rowLength), (height - 1 - y) * rowLength);
          }
          return withWords(pixels, output, pixels);
        }
        for (let y = 0; y < height; y++) {
          let to = y * rowLength;
          for (let from = to + rowLength - perPixel; from >= y * rowLength; from -= perPixel) {
            for (let k = 0; k < perPixel; k++) output[to++] = words[from + k]!;
          }
        }
        return withWords(pixels, output, pixels);
      },
    };
  },
};
