export { type FileState, fileSource } from './source/file.node.ts';
