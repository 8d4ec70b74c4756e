/** One member of an Accept header. */
interface AcceptedType {
  readonly type: string;
  readonly quality: number;
  readonly profile: string;
}

/** The context document of a version, which also names it in `profile` parameters. */
export function contextUri(version: 2 | 3): string {
  return `http://iiif.io/api/image/${version}/context.json`;
}

/** The version that an Accept header asks for by `profile`, the one with the highest `q` first; else `undefined`. */
export function negotiateVersion(accept: string | undefined): 2 | 3 | undefined {
  const wanted = parseAccept(accept)
    .filter(({ quality, profile }) => quality > 0 && profile !== '')
    .sort((a, b) => b.quality - a.quality);
  for (const { profile } of wanted) {
    for (const version of [3, 2] as const) {
      if (profile.split(' ').includes(contextUri(version))) return version;
    }
  }
  return undefined;
}

/**
 * Media type of info.json. 3.0 (5.1): JSON-LD unless the client likes JSON better. 2.1 (5.1): JSON unless the client
 * names JSON-LD. A client that accepts neither gets the default of the version.
 */
export function infoMediaType(version: 2 | 3, accept: string | undefined): string {
  const types = parseAccept(accept);
  const linked = acceptance(types, 'application/ld+json');
  const plain = acceptance(types, 'application/json');
  const named = types.some(({ type }) => type === 'application/ld+json');
  const wantsLinked = version === 3 ? linked >= plain : named && linked > 0 && linked >= plain;
  return wantsLinked ? `application/ld+json;profile="${contextUri(version)}"` : 'application/json';
}

/** A Link header that tells readers of plain JSON how it is JSON-LD: recommended by 2.1 (5.1). */
export function contextLink(version: 2 | 3): string {
  return `<${contextUri(version)}>;rel="http://www.w3.org/ns/json-ld#context";type="application/ld+json"`;
}

/** The `q` of the most specific range that covers a type (RFC 9110, 12.5.1); 1 for all when there is no header. */
function acceptance(types: readonly AcceptedType[], wanted: string): number {
  if (types.length === 0) return 1;
  for (const range of [wanted, 'application/*', '*/*']) {
    const matches = types.filter(({ type }) => type === range);
    if (matches.length > 0) return Math.max(...matches.map(({ quality }) => quality));
  }
  return 0;
}

function parseAccept(accept: string | undefined): readonly AcceptedType[] {
  const types: AcceptedType[] = [];
  // Members end at commas outside of quotes.
  for (const [, type = '', parameters = ''] of (accept ?? '')
    .slice(0, 4096)
    .matchAll(/([^\s,;]+)((?:"[^"]*"|[^,"])*)/g)) {
    const q = /;\s*q=([\d.]+)/i.exec(parameters)?.[1];
    const profile = /;\s*profile=(?:"([^"]*)"|([^\s;]+))/i.exec(parameters);
    types.push({
      type: type.toLowerCase(),
      quality: q === undefined ? 1 : Number(q) || 0,
      profile: profile?.[1] ?? profile?.[2] ?? '',
    });
  }
  return types;
}
