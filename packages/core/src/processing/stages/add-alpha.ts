import { integerStage, type StageDefinition, whiteOf } from '../stage.ts';

/** Appends a band that is opaque everywhere, so that what is done next may leave parts of the canvas transparent. */
export const addAlpha: StageDefinition<'add-alpha'> = {
  outputShape: (_step, input) => ({ ...input, bands: input.bands + 1 }),

  create(_step, { bands, dtype }) {
    const opaque = whiteOf('add-alpha', dtype);
    return integerStage('add-alpha', bands + 1, (input, output, pixelCount) => {
      for (let pixel = 0, from = 0, to = 0; pixel < pixelCount; pixel++) {
        for (let band = 0; band < bands; band++) output[to++] = input[from++]!;
        output[to++] = opaque;
      }
    });
  },
};
