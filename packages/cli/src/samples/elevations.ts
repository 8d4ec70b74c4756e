import type { TiffWriter } from '@sectile/core/tiff';
import { writeDeflated } from './deflate-tiles.ts';
import { createTerrain } from './terrain.ts';
import { titleFields } from './title-fields.ts';

const SIZE = { width: 1600, height: 1200 } as const;
const METERS = 1800;

/** The island as a digital elevation model: meters in floats, no data (NaN) under the sea. */
export function drawElevations(writer: TiffWriter, progress: (done: number) => void): void {
  const terrain = createTerrain(SIZE.width, SIZE.height);
  const elevations = new Float32Array(SIZE.width);
  writeDeflated(
    writer,
    {
      ...SIZE,
      bands: 1,
      dtype: 'float32',
      photometric: 1,
      drawRow(y, row) {
        terrain.drawRow(y, elevations);
        for (let x = 0; x < SIZE.width; x++) {
          const elevation = elevations[x]!;
          // Whole decimeters: exact enough for a map, and easier to compress.
          row[x] = elevation >= 0 ? Math.round(elevation * METERS * 10) / 10 : Number.NaN;
        }
      },
      firstFields: [
        ...titleFields(
          'Elevations of an island',
          'Meters above the sea, one pixel for 10 m: SHD=315,45,1,10. Drawn by Sectile. Public domain.',
        ),
        { tag: 42113, type: 'ascii', text: 'nan' },
      ],
    },
    progress,
  );
}
