import { ImageError } from '../errors.ts';

/** Equally spaced colors from 0 to 1; between two of them a map is linear. */
export interface Colormap {
  /** Red, green, blue, 0..1, one color after another; at least two colors. */
  readonly colors: readonly number[];
  /** Color of values below 0. Left out: the first color. */
  readonly below?: readonly [number, number, number] | undefined;
}

// The maps of IIP, piecewise linear by definition.
const BY_DEFINITION: Readonly<Record<string, Colormap>> = {
  hot: { colors: [0, 0, 0, 1, 0, 0, 1, 1, 0, 1, 1, 1] },
  cold: { colors: [0, 0, 0, 0, 0, 1, 0, 1, 1, 1, 1, 1] },
  jet: {
    colors: [0, 0, 0.5, 0, 0, 1, 0, 0.5, 1, 0, 1, 1, 0.5, 1, 0.5, 1, 1, 0, 1, 0.5, 0, 1, 0, 0, 0.5, 0, 0],
    below: [0, 0, 0],
  },
  red: { colors: [0, 0, 0, 1, 0, 0] },
  green: { colors: [0, 0, 0, 0, 1, 0] },
  blue: { colors: [0, 0, 0, 0, 0, 1] },
  gray: { colors: [0, 0, 0, 1, 1, 1] },
};

/*
 * 52 colors each, two hexadecimal digits a band, fitted by least squares to the 256 published colors.
 * Largest difference to those, in 1/255: viridis, magma, turbo 0.8, inferno 1.1, plasma 1.7, cividis 3.3; mean 0.2.
 *
 * viridis, magma, inferno, plasma: Smith and van der Walt, 2015, CC0. cividis: Nunez, Anderton, Renslow, PLoS ONE 13(7),
 * 2018. turbo: Mikhailov, Google, 2019.
 */
const FITTED: Readonly<Record<string, string>> = {
  viridis:
    '44015446085c471063481769481e6f482475472a7a46307e453781433d844142873f48893d4e8a3a538b38598c355e8d33638d31' +
    '688e2e6d8e2c718e2a768e297b8e27808e25848e23898e218e8d20928c1f978b1e9c891fa18821a58624aa8328ae802eb37d35b7' +
    '793dbc7446c06f4fc46a5ac86465cb5e70cf577cd25089d54895d840a2da37b0dd2fbddf26cae11ed8e219e5e418f1e51cfde725',
  magma:
    '00000402020b0504160907200e0b2b140e361a104221114e28125a311165390f6e420f754a107952137c5a167e6219806a1c8172' +
    '1f81792282812582892881912b81992d80a1307eaa337db2357bba3878c23b75ca3e72d2426fd9466be04b67e75163ec5860f160' +
    '5df4695cf7725cf97b5dfb8560fc8e64fd9869fea16efeaa74feb47bfebd82fec68afecf92fed89afde2a3fdebacfcf4b6fcfdbf',
  inferno:
    '00000402010c0504170a072210092d160b391e0c45260c512f0a5b380962400a67490b6a510e6c59106e61136e69166e71196e78' +
    '1c6d801f6c88226a902568982766a02a63a82e5fb0315bb73557bf3952c63d4dcd4248d34743d94d3ddf5337e45a31e9612bed69' +
    '25f1711ff47918f78212f98b0bfa9406fb9d06fca60bfcb014fbba1ffac42af8cd37f6d746f3e156f1ea69f1f27df5f992fcffa4',
  plasma:
    '0d08871b068d26059230059638049a41049d4903a05102a35901a56100a76900a87100a87801a88003a88707a68e0ca49511a19c' +
    '179ea21d9aa82296ae2892b42e8dba3389bf3984c43e7fc9447acd4a76d24f71d6556dda5b69de6164e26660e66c5ce97257ed79' +
    '53f07f4ff3854bf58c46f79342f99a3efba139fca835fdaf31feb72dfebe2afdc627fcce25fbd724f9df25f6e826f3f028f0f921',
  cividis:
    '00224e002656002a5f002d68003071073370173770203a6f273e6e2e416d34456c3a486c3f4c6c444f6c49536c4e566c535a6d57' +
    '5d6d5c616e60646f656870696b716d6f727272747676767a7a787e7d788381798885788d8878928c789690779b9476a09875a59c' +
    '74aaa073afa471b5a86fbaac6dbfb06bc4b468c9b965cfbd62d4c15fdac65bdfca57e5cf52ead34df0d846f6dd40fce135fee838',
  turbo:
    '30123b36215f3b2f803f3e9d434bb64559cb4666dd4773ec4680f7458cfe4099ff38a6fb30b2f427bee91fc9dd19d4d017ddc21a' +
    'e5b622ebaa2ff19b3ff68b52fa7965fd6979fe598cff4b9cfe40a9fb39b7f735c3f134d0ea34dbe236e5d938eecf3af5c53afaba' +
    '39fdaf35fea130fe932afc8423f9751df46616ef5811e84b0ce14109d83706ce2d04c32503b71d02aa15019b0f018b09027a0403',
};

/** Names that {@link colormapNamed} knows. */
export const COLORMAP_NAMES: readonly string[] = [...Object.keys(BY_DEFINITION), ...Object.keys(FITTED)];

/** @throws ImageError `request` when there is no map of that name. */
export function assertColormap(name: string): void {
  if (!COLORMAP_NAMES.includes(name)) throw new ImageError('request', 'There is no such color map');
}

/** The map of a name, all lower case. @throws ImageError `request` when there is none. */
export function colormapNamed(name: string): Colormap {
  assertColormap(name);
  const defined = BY_DEFINITION[name];
  if (defined) return defined;
  const digits = FITTED[name] ?? '';
  return {
    colors: Array.from(
      { length: digits.length / 2 },
      (_, i) => Number.parseInt(digits.slice(2 * i, 2 * i + 2), 16) / 255,
    ),
  };
}
