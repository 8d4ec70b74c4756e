import type { TiffWriter } from '@sectile/core/tiff';
import { writeDeflated } from './deflate-tiles.ts';
import { titleFields } from './title-fields.ts';

const SIZE = { width: 1024, height: 768 } as const;
/** TIFF PhotometricInterpretation of the ICC encoding of CIELAB. */
const ICC_LAB = 9;

/** A chart in CIELAB, 16 bits, as a scanner with spectral calibration would save it: hues, grays, skin and sky. */
export function drawLabChart(writer: TiffWriter, progress: (done: number) => void): void {
  writeDeflated(
    writer,
    {
      ...SIZE,
      bands: 3,
      dtype: 'uint16',
      photometric: ICC_LAB,
      drawRow(y, row) {
        for (let x = 0; x < SIZE.width; x++) {
          const [lightness, a, b] = colorAt(x, y);
          // ICC.1 v2 encoding: L* 100 is 0xFF00, a* and b* are offset by 128.
          row[x * 3] = Math.round((lightness / 100) * 0xff00);
          row[x * 3 + 1] = Math.round((a + 128) * 256);
          row[x * 3 + 2] = Math.round((b + 128) * 256);
        }
      },
      firstFields: titleFields('Color chart', 'CIELAB in 16 bit, drawn by Sectile. Public domain.'),
    },
    progress,
  );
}

type Lab = readonly [lightness: number, a: number, b: number];

const PAPER: Lab = [93, 0, 3];
const PATCH = 92;
const GAP = 8;

/** A wheel of hues on the left, patches of rising lightness on the right, a wedge of grays below. */
function colorAt(x: number, y: number): Lab {
  if (y >= 640) return wedge(x, y);
  const u = x - 300;
  const v = y - 320;
  const radius = Math.hypot(u, v);
  if (radius < 270) {
    const chroma = (radius / 270) * 75;
    return [68 - chroma * 0.15, (u / 270) * 75, (-v / 270) * 75];
  }
  const col = Math.floor((x - 620) / (PATCH + GAP));
  const row = Math.floor((y - 20) / (PATCH + GAP));
  const isPatch =
    col >= 0 && col < 4 && row >= 0 && row < 6 && (x - 620) % (PATCH + GAP) < PATCH && (y - 20) % (PATCH + GAP) < PATCH;
  if (!isPatch) return PAPER;
  const angle = (row / 6) * 2 * Math.PI;
  return [30 + col * 17, Math.cos(angle) * (48 - col * 6), Math.sin(angle) * (48 - col * 6)];
}

function wedge(x: number, y: number): Lab {
  if (y < 664 || y >= 744 || x < 32 || x >= 992) return PAPER;
  return [Math.floor((x - 32) / 60) * (100 / 15), 0, 0];
}
