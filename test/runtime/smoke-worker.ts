import { runSmoke } from '../contracts/runtime.ts';
import { smokeServer } from './smoke-server.ts';

/** workerd: the results as the answer to any request. */
const worker = {
  async fetch(): Promise<Response> {
    return Response.json(await runSmoke(await smokeServer()));
  },
};

export { worker as default };
