declare module '*.tif' {
  const bytes: Uint8Array;
  export default bytes;
}
