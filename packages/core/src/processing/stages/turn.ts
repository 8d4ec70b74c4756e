import { pixelWords, type Words, withWords } from '../pixel-words.ts';
import type { StageDefinition } from '../stage.ts';

// Rows and columns of both pictures that a block touches stay in the first-level cache.
const BLOCK = 32;

/**
 * Clockwise. 90: out(row i, column k) = in(row height - 1 - k, column i). 180: both axes reversed.
 * 270: out(row i, column k) = in(row k, column width - 1 - i).
 */
export const turn: StageDefinition<'turn'> = {
  outputShape: (step, input) => (step.degrees === 180 ? input : { ...input, width: input.height, height: input.width }),

  create(step, shape) {
    const size = turn.outputShape(step, shape);
    return {
      kind: 'buffer',
      apply(pixels) {
        const { words, perPixel } = pixelWords(pixels);
        const output = words.slice();
        const { width, height } = pixels;
        if (step.degrees === 180) reversePixels(words, output, perPixel);
        // Input (x, y) lands at `first` + x * perColumn + y * perRow, counted in pixels of the output.
        else if (step.degrees === 90) {
          scatter({ words, output, perPixel, width, height, first: height - 1, perColumn: height, perRow: -1 });
        } else {
          scatter({
            words,
            output,
            perPixel,
            width,
            height,
            first: (width - 1) * height,
            perColumn: -height,
            perRow: 1,
          });
        }
        return withWords(pixels, output, size);
      },
    };
  },
};

function reversePixels(words: Words, output: Words, perPixel: number): void {
  let to = 0;
  for (let from = words.length - perPixel; from >= 0; from -= perPixel) {
    for (let k = 0; k < perPixel; k++) output[to++] = words[from + k]!;
  }
}

interface Scatter {
  readonly words: Words;
  readonly output: Words;
  readonly perPixel: number;
  readonly width: number;
  readonly height: number;
  readonly first: number;
  readonly perColumn: number;
  readonly perRow: number;
}

function scatter({ words, output, perPixel, width, height, first, perColumn, perRow }: Scatter): void {
  for (let top = 0; top < height; top += BLOCK) {
    const bottom = Math.min(height, top + BLOCK);
    for (let left = 0; left < width; left += BLOCK) {
      const right = Math.min(width, left + BLOCK);
      for (let y = top; y < bottom; y++) {
        let from = (y * width + left) * perPixel;
        let to = (first + left * perColumn + y * perRow) * perPixel;
        for (let x = left; x < right; x++) {
          for (let k = 0; k < perPixel; k++) output[to + k] = words[from++]!;
          to += perColumn * perPixel;
        }
      }
    }
  }
}
