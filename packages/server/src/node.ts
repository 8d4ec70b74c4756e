export { type ConfigFile, loadConfigFile } from './config/load-config-file.node.ts';
export { type FolderOptions, folderImages } from './images/folder.node.ts';
export { packageAssets } from './pages/assets.node.ts';
export { nodeListener } from './runtime/http-server.node.ts';
export { openLog } from './runtime/log-output.node.ts';
export { type RunServerOptions, runServer } from './runtime/run-server.node.ts';
export { type RunningServer, type ServeOptions, serve } from './runtime/serve.node.ts';
