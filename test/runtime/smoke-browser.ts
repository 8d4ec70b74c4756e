import { runSmoke } from '../contracts/runtime.ts';
import { smokeServer } from './smoke-server.ts';

// Chromium: the results where the test looks for them.
Object.assign(globalThis, { smoke: runSmoke(await smokeServer()) });
