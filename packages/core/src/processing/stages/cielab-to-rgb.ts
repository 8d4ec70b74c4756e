import { FLOAT_LAB, inverseLabCurve, labEncoding, WHITE_POINTS } from '../../color/cielab.ts';
import { XYZ_TO_LINEAR } from '../../color/rgb-space.ts';
import { readSrgbCurve, srgbCurve } from '../../color/srgb.ts';
import { isFloat } from '../../pixels/dtype.ts';
import { requireBands, type StageDefinition } from '../stage.ts';

/**
 * Stored L*, a*, b* (see `labEncoding`) to XYZ (CIE 15): fy = (L* + 16) / 116, fx = fy + a* / 500, fz = fy - b* / 200,
 * X = Xn f^-1(fx) and so on; then to linear RGB of the space and through the curve of sRGB, clipped to 0..1.
 *
 * The white is D50 as in ICC profiles, adapted to the D65 of RGB by Bradford. With `white: 'd65'` the samples are
 * taken as relative to D65. Float samples are L*, a*, b* themselves, whatever `bits` says.
 */
export const cielabToRgb: StageDefinition<'cielab-to-rgb'> = {
  outputShape: (_step, input) => ({ ...requireBands('cielab-to-rgb', input, 3), dtype: 'float32' }),

  create(step, { bands, dtype }) {
    const { lightnessScale, chromaScale, chromaOffset, wrap } = isFloat(dtype)
      ? FLOAT_LAB
      : labEncoding(step.encoding, step.bits);
    const half = wrap / 2;
    const white = step.white ?? 'd50';
    const matrix = XYZ_TO_LINEAR[step.space ?? 'srgb'][white];
    // The white is folded into the matrix: column j is multiplied by coordinate j.
    const m = Float64Array.from(matrix, (weight, i) => weight * WHITE_POINTS[white][i % 3]!);
    const table = srgbCurve();
    return {
      kind: 'point',
      process(input, output, pixelCount) {
        const sampleCount = pixelCount * bands;
        for (let i = 0; i < sampleCount; i += bands) {
          let l = input[i]!;
          let a = input[i + 1]!;
          let b = input[i + 2]!;
          if (wrap > 0) {
            if (l < 0) l += wrap;
            if (a >= half) a -= wrap;
            if (b >= half) b -= wrap;
          }
          const fy = (l * lightnessScale + 16) / 116;
          const x = inverseLabCurve(fy + (a * chromaScale + chromaOffset) / 500);
          const y = inverseLabCurve(fy);
          const z = inverseLabCurve(fy - (b * chromaScale + chromaOffset) / 200);
          output[i] = readSrgbCurve(table, m[0]! * x + m[1]! * y + m[2]! * z);
          output[i + 1] = readSrgbCurve(table, m[3]! * x + m[4]! * y + m[5]! * z);
          output[i + 2] = readSrgbCurve(table, m[6]! * x + m[7]! * y + m[8]! * z);
          for (let k = i + 3; k < i + bands; k++) output[k] = input[k]!;
        }
      },
    };
  },
};
