import {
  type CodecRegistry,
  type Decoder,
  type DecoderId,
  type EncoderId,
  type ImageEncoder,
  MEDIA_TYPES,
  type OutputFormat,
} from '@sectile/core/codec';
import { ImageError } from '@sectile/core/errors';

/** Makes a codec, at once or (WebAssembly, dynamic import) after loading something. */
export type CodecLoader<Codec> = () => Codec | Promise<Codec>;

/** What a registry offers: a loader for each decoder and each encoder. */
export interface CodecDescriptors {
  readonly decoders: Readonly<Partial<Record<DecoderId, CodecLoader<Decoder>>>>;
  readonly encoders: Readonly<Partial<Record<EncoderId, CodecLoader<ImageEncoder>>>>;
}

/**
 * A registry that loads each codec the first time it is asked for and keeps it. A load that failed is tried again by
 * the next caller; callers that come during a load share it.
 */
export function createCodecRegistry(descriptors: CodecDescriptors): CodecRegistry {
  const decoders = new LazyCodecs<DecoderId, Decoder>('decoder', descriptors.decoders);
  const encoders = new LazyCodecs<EncoderId, ImageEncoder>('encoder', descriptors.encoders);
  return {
    decoderIds: decoders.ids,
    outputFormats: encoders.ids.filter(isOutputFormat),
    decoder: (id) => decoders.get(id),
    encoder: (id) => encoders.get(id),
  };
}

function isOutputFormat(id: EncoderId): id is OutputFormat {
  return id in MEDIA_TYPES;
}

class LazyCodecs<Id extends string, Codec> {
  readonly ids: readonly Id[];
  readonly #role: string;
  readonly #loaders: ReadonlyMap<Id, CodecLoader<Codec>>;
  readonly #loaded = new Map<Id, Codec | Promise<Codec>>();

  constructor(role: string, loaders: Readonly<Partial<Record<Id, CodecLoader<Codec>>>>) {
    this.#role = role;
    this.#loaders = new Map(Object.entries(loaders) as [Id, CodecLoader<Codec>][]);
    this.ids = [...this.#loaders.keys()];
  }

  get(id: Id): Codec | Promise<Codec> {
    const known = this.#loaded.get(id);
    if (known !== undefined) return known;
    const loader = this.#loaders.get(id);
    if (loader === undefined) throw new ImageError('unsupported', `There is no ${this.#role} for ${id}`);
    const loaded = loader();
    if (!(loaded instanceof Promise)) {
      this.#loaded.set(id, loaded);
      return loaded;
    }
    const settled = loaded.then(
      (codec) => {
        this.#loaded.set(id, codec);
        return codec;
      },
      (error: unknown) => {
        this.#loaded.delete(id);
        throw error;
      },
    );
    this.#loaded.set(id, settled);
    return settled;
  }
}
