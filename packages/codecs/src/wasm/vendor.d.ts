/** Scripts that `scripts/vendor-glue.ts` prepares. */
declare module '#vendor/*' {
  export const createModule: import('./emscripten.ts').CreateModule;
}
