/** The commands of a query. Pieces without `=` are their own value (`INV`); those without name or value are nothing. */
export function splitCommands(text: string): readonly { readonly name: string; readonly value: string }[] {
  return text
    .split('&')
    .map((piece) => {
      const equals = piece.indexOf('=');
      return equals < 0
        ? { name: piece, value: piece }
        : { name: piece.slice(0, equals), value: piece.slice(equals + 1) };
    })
    .filter(({ name, value }) => name !== '' && value !== '');
}
