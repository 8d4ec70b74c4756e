import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Licence files that the vendored packages bring along, relative to a module that they export. */
const LICENSE_FILES: readonly { readonly title: string; readonly module: string; readonly file: string }[] = [
  {
    title: '@jsquash/jpeg, @jsquash/webp, @jsquash/avif (bindings)',
    module: '@jsquash/webp/package.json',
    file: 'LICENSE',
  },
  {
    title: 'libwebp (webp-decode, webp-encode)',
    module: '@jsquash/webp/package.json',
    file: 'codec/LICENSE.codec.md',
  },
  {
    title: 'MozJPEG and libjpeg-turbo (jpeg-optimize)',
    module: '@jsquash/jpeg/package.json',
    file: 'codec/LICENSE.codec.md',
  },
  { title: 'zstddec and Zstandard (zstd-decode)', module: 'zstddec', file: '../LICENSE' },
];

/** Libraries whose published builds carry no licence file; both are under the two-clause BSD licence. */
const BSD_TITLES: readonly string[] = [
  `libavif (avif-decode, avif-encode)
Copyright 2019 Joe Drago`,
  `libaom (avif-decode, avif-encode)
Copyright (c) 2016, Alliance for Open Media`,
];

const BSD_TEXT = `Redistribution and use in source and binary forms, with or without modification, are permitted provided that the
following conditions are met:

1. Redistributions of source code must retain the above copyright notice, this list of conditions and the following
   disclaimer.
2. Redistributions in binary form must reproduce the above copyright notice, this list of conditions and the following
   disclaimer in the documentation and/or other materials provided with the distribution.

THIS SOFTWARE IS PROVIDED BY THE COPYRIGHT HOLDERS AND CONTRIBUTORS "AS IS" AND ANY EXPRESS OR IMPLIED WARRANTIES,
INCLUDING, BUT NOT LIMITED TO, THE IMPLIED WARRANTIES OF MERCHANTABILITY AND FITNESS FOR A PARTICULAR PURPOSE ARE
DISCLAIMED. IN NO EVENT SHALL THE COPYRIGHT HOLDER OR CONTRIBUTORS BE LIABLE FOR ANY DIRECT, INDIRECT, INCIDENTAL,
SPECIAL, EXEMPLARY, OR CONSEQUENTIAL DAMAGES (INCLUDING, BUT NOT LIMITED TO, PROCUREMENT OF SUBSTITUTE GOODS OR SERVICES;
LOSS OF USE, DATA, OR PROFITS; OR BUSINESS INTERRUPTION) HOWEVER CAUSED AND ON ANY THEORY OF LIABILITY, WHETHER IN
CONTRACT, STRICT LIABILITY, OR TORT (INCLUDING NEGLIGENCE OR OTHERWISE) ARISING IN ANY WAY OUT OF THE USE OF THIS
SOFTWARE, EVEN IF ADVISED OF THE POSSIBILITY OF SUCH DAMAGE.`;

/** The notices that must travel with the files in `vendor/`. */
export function collectNotice(require: NodeJS.Require): string {
  const rule = '-'.repeat(80);
  const parts = LICENSE_FILES.map(({ title, module, file }) => {
    const path = join(dirname(require.resolve(module)), file);
    return `${title}\n\n${readFileSync(path, 'utf8').trim()}`;
  });
  for (const title of BSD_TITLES) parts.push(`${title}\nAll rights reserved.\n\n${BSD_TEXT}`);
  return `The files in this folder contain or were made from these works.\n\n${parts.join(`\n\n${rule}\n\n`)}\n`;
}
