import { runSmoke } from '../contracts/runtime.ts';
import { smokeServer } from './smoke-server.ts';

// Node, Bun and Deno: the results as one line of JSON.
console.log(JSON.stringify(await runSmoke(await smokeServer())));
