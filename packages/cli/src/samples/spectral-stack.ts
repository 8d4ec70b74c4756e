import type { TiffWriter } from '@sectile/core/tiff';
import { writeDeflated } from './deflate-tiles.ts';
import { titleFields } from './title-fields.ts';

const SIZE = { width: 768, height: 576 } as const;
const WAVELENGTHS = [420, 480, 540, 600, 660, 720, 850, 1000] as const;

/** Reflectance 0..1 by wavelength in nanometers. */
type Spectrum = (wavelength: number) => number;

const rise = (wavelength: number, at: number, width: number): number => 1 / (1 + Math.exp(-(wavelength - at) / width));
const band = (wavelength: number, at: number, width: number): number => Math.exp(-(((wavelength - at) / width) ** 2));

const VERMILION: Spectrum = (nm) => 0.06 + 0.8 * rise(nm, 600, 12);
const OCHER: Spectrum = (nm) => 0.08 + 0.5 * rise(nm, 545, 28);
const AZURITE: Spectrum = (nm) => 0.08 + 0.42 * band(nm, 465, 55) + 0.25 * rise(nm, 920, 60);
const MALACHITE: Spectrum = (nm) => 0.07 + 0.45 * band(nm, 530, 50) + 0.2 * rise(nm, 950, 60);
const LEAD_WHITE: Spectrum = () => 0.88;
const CARBON: Spectrum = () => 0.05;
/** Paint hides what lies below in visible light and lets it through in the infrared. */
const transparency = (nm: number): number => 0.85 * rise(nm, 800, 45);

/**
 * A painted panel as eight pages of 16 bits, one a wavelength. Under the paint is a drawing in carbon, which shows from
 * 850 nm on.
 */
export function drawSpectralStack(writer: TiffWriter, progress: (done: number) => void): void {
  for (const [index, nm] of WAVELENGTHS.entries()) {
    const colors = [LEAD_WHITE, VERMILION, OCHER, AZURITE, MALACHITE].map((spectrum) => spectrum(nm));
    const through = transparency(nm);
    writeDeflated(
      writer,
      {
        ...SIZE,
        bands: 1,
        dtype: 'uint16',
        photometric: 1,
        page: true,
        drawRow(y, row) {
          for (let x = 0; x < SIZE.width; x++) {
            const paint = colors[paintAt(x, y)]! * (0.94 + 0.06 * Math.sin(x * 0.9 + Math.sin(y * 0.4) * 3));
            const seen = isDrawn(x, y) ? paint * (1 - through) + CARBON(nm) * through : paint;
            row[x] = Math.round(Math.min(1, seen) * 65535);
          }
        },
        firstFields: [
          // PageName and DocumentName: what the layer is called.
          ...titleFields('Painted panel', 'Reflectance at eight wavelengths, drawn by Sectile. Public domain.').filter(
            ({ tag }) => tag !== 269,
          ),
          { tag: 269, type: 'ascii', text: `${nm} nm` },
        ],
      },
      (done) => progress((index + done) / WAVELENGTHS.length),
    );
  }
}

/** Which paint lies where: a sun over hills, a river, a border. */
function paintAt(x: number, y: number): number {
  const { width, height } = SIZE;
  if (Math.min(x, y, width - 1 - x, height - 1 - y) < 34) return (Math.floor(x / 24) + Math.floor(y / 24)) % 2 ? 1 : 2;
  if (Math.hypot(x - 560, y - 165) < 75) return 1;
  const hill = 330 + 55 * Math.sin(x / 95) + 22 * Math.sin(x / 31 + 1);
  if (y < hill) return y < 130 + 30 * Math.sin(x / 140) ? 3 : 0;
  const river = 300 + 160 * Math.sin(y / 70) + (y - 330) * 0.6;
  return Math.abs(x - river) < 26 + (y - 330) * 0.12 ? 3 : 4;
}

/** The drawing below: a grid for the layout and a tower that was left out. */
function isDrawn(x: number, y: number): boolean {
  if (x % 128 < 2 || y % 128 < 2) return true;
  const outline = (left: number, top: number, right: number, bottom: number): boolean =>
    x > left - 3 &&
    x < right + 3 &&
    y > top - 3 &&
    y < bottom + 3 &&
    !(x > left + 2 && x < right - 2 && y > top + 2 && y < bottom - 2);
  const roof = Math.abs(Math.abs(x - 250) - (y - 130) * 0.6) < 4 && y > 130 && y < 200;
  return roof || outline(210, 200, 290, 430) || outline(238, 360, 262, 430) || outline(235, 240, 265, 275);
}
