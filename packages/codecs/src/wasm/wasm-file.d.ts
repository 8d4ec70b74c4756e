/** What bundlers for Workers make of an import of a `.wasm` file. */
declare module '*.wasm' {
  const module: WebAssembly.Module;
  // biome-ignore lint/style/noDefaultExport: the form is the bundler's
  export default module;
}
