/** A field type of TIFF 6.0 section 2, its supplements and BigTIFF. */
export interface FieldType {
  readonly name: FieldTypeName;
  /** Bytes of one value. */
  readonly byteLength: number;
  /** `integer` and `real` values are numbers; `text` and `bytes` are taken whole. */
  readonly family: 'integer' | 'real' | 'text' | 'bytes';
}

export type FieldTypeName =
  | 'BYTE'
  | 'ASCII'
  | 'SHORT'
  | 'LONG'
  | 'RATIONAL'
  | 'SBYTE'
  | 'UNDEFINED'
  | 'SSHORT'
  | 'SLONG'
  | 'SRATIONAL'
  | 'FLOAT'
  | 'DOUBLE'
  | 'IFD'
  | 'LONG8'
  | 'SLONG8'
  | 'IFD8';

const FIELD_TYPES: Readonly<Record<number, FieldType>> = {
  1: { name: 'BYTE', byteLength: 1, family: 'integer' },
  2: { name: 'ASCII', byteLength: 1, family: 'text' },
  3: { name: 'SHORT', byteLength: 2, family: 'integer' },
  4: { name: 'LONG', byteLength: 4, family: 'integer' },
  5: { name: 'RATIONAL', byteLength: 8, family: 'real' },
  6: { name: 'SBYTE', byteLength: 1, family: 'integer' },
  7: { name: 'UNDEFINED', byteLength: 1, family: 'bytes' },
  8: { name: 'SSHORT', byteLength: 2, family: 'integer' },
  9: { name: 'SLONG', byteLength: 4, family: 'integer' },
  10: { name: 'SRATIONAL', byteLength: 8, family: 'real' },
  11: { name: 'FLOAT', byteLength: 4, family: 'real' },
  12: { name: 'DOUBLE', byteLength: 8, family: 'real' },
  13: { name: 'IFD', byteLength: 4, family: 'integer' },
  16: { name: 'LONG8', byteLength: 8, family: 'integer' },
  17: { name: 'SLONG8', byteLength: 8, family: 'integer' },
  18: { name: 'IFD8', byteLength: 8, family: 'integer' },
};

/** The type with a number of the specification, or `undefined`: readers skip fields of types they do not know. */
export function fieldType(code: number): FieldType | undefined {
  return FIELD_TYPES[code];
}
