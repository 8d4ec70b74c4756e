/** What files of one picture are told apart by: horizontal view (or wavelength) and vertical view, as in their names. */
export interface SequenceMember {
  readonly horizontal: number;
  readonly vertical: number;
}

/** Extensions that members may have; all members of a sequence have the same. */
export const SEQUENCE_EXTENSIONS: readonly string[] = ['tif', 'tiff', 'jp2', 'jpx', 'j2k', 'jph', 'jpg', 'png', 'webp'];

/** The member that has to be there, and stands for the others. */
const FIRST: SequenceMember = { horizontal: 0, vertical: 90 };

/** The name of a member: the sequence's own, an infix, both views with at least three digits, an extension. */
export function memberName(
  sequence: string,
  infix: string,
  { horizontal, vertical }: SequenceMember,
  extension: string,
): string {
  const digits = (view: number): string => String(view).padStart(3, '0');
  return `${sequence}${infix}${digits(horizontal)}_${digits(vertical)}.${extension}`;
}

/** The names that the first member of a sequence may have. */
export function firstMemberNames(sequence: string, infix: string): readonly string[] {
  return SEQUENCE_EXTENSIONS.map((extension) => memberName(sequence, infix, FIRST, extension));
}

/** Whether a file name could be that of a first member, and the name of its sequence. */
export function sequenceOfFirst(fileName: string, infix: string): string | undefined {
  const extension = fileName.slice(fileName.lastIndexOf('.') + 1);
  const tail = memberName('', infix, FIRST, extension);
  const isFirst = SEQUENCE_EXTENSIONS.includes(extension) && fileName.endsWith(tail) && fileName.length > tail.length;
  return isFirst ? fileName.slice(0, -tail.length) : undefined;
}

/** The views in the name of a member of that sequence, `undefined` for any other file. */
export function viewsInName(
  fileName: string,
  sequence: string,
  infix: string,
  extension: string,
): SequenceMember | undefined {
  const head = sequence + infix;
  const tail = `.${extension}`;
  if (!fileName.startsWith(head) || !fileName.endsWith(tail)) return undefined;
  const match = /^(\d{3,9})_(\d{3})$/.exec(fileName.slice(head.length, -tail.length));
  if (!match) return undefined;
  const member = { horizontal: Number(match[1]), vertical: Number(match[2]) };
  return memberName(sequence, infix, member, extension) === fileName ? member : undefined;
}
