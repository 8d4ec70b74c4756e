import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { enumerated } from '../fixtures/jpeg2000/jp2-file.ts';
import { jphFile } from '../fixtures/jpeg2000/one-block-codestream.ts';
import { drawComponent } from '../fixtures/jpeg2000/picture.ts';
import { serveImages } from './served.ts';

const RGB = { width: 45, height: 37, bits: 8, signed: false, steps: [1, 1, 1] };

it.each(['picture.jph', 'picture.j2c'])('serves %s with the pixels that were encoded', async (name) => {
  const codestream = readFileSync(new URL('../fixtures/jpeg2000/ht-odd-tiles.j2k', import.meta.url));
  const file = name.endsWith('.jph') ? jphFile(codestream, [enumerated(16)]) : codestream;
  const served = await serveImages({ [name]: file });
  const { data } = await served.pixels(`/iiif/3/${name}/full/max/0/default.png`);
  const [red, green, blue] = [0, 1, 2].map((component) => drawComponent(RGB, component));
  expect([...data]).toEqual([...red!].flatMap((sample, i) => [sample, green![i], blue![i]]));
  const crop = await served.pixels(`/iiif/3/${name}/20,15,9,8/max/0/default.png`);
  expect([crop.width, crop.height, crop.data[0]]).toEqual([9, 8, red![15 * 45 + 20]]);
});
