import { ChunkList } from './chunk-list.ts';
import { PacketHeaderParser } from './packet-header.ts';
import { type PrecinctShape, type PrecinctState, SharedShapes } from './precinct-state.ts';

/** What parsing packets takes, used again from tile to tile of a codestream; nothing in it is kept from one packet to the next. */
export class PacketTools {
  readonly shapes: SharedShapes = new SharedShapes();
  readonly chunks: ChunkList = new ChunkList();
  readonly #parsers: PacketHeaderParser[] = [];
  #words = new Uint16Array(64);

  parserOf(blockStyle: number, headerEndMarkers: boolean): PacketHeaderParser {
    const coding = 2 * blockStyle + Number(headerEndMarkers);
    let parser = this.#parsers[coding];
    if (!parser) {
      parser = new PacketHeaderParser({ blockStyle, headerEndMarkers });
      this.#parsers[coding] = parser;
    }
    return parser;
  }

  /** The state of a precinct before its first layer, until the next call. */
  beginPrecinct(shape: PrecinctShape): PrecinctState {
    if (this.#words.length < shape.wordCount) this.#words = new Uint16Array(shape.wordCount);
    shape.reset(this.#words, 0);
    return { shape, words: this.#words, base: 0 };
  }
}
