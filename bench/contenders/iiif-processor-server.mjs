// A minimal server around iiif-processor, as its README shows it: one processor a request, the file as a stream.
import { createReadStream } from 'node:fs';
import { createServer } from 'node:http';
import { basename, join } from 'node:path';
import { Processor } from 'iiif-processor';

const [folder, port] = process.argv.slice(2);

createServer(async (request, response) => {
  try {
    const url = `http://${request.headers.host}${request.url}`;
    const processor = new Processor(url, async ({ id }) => createReadStream(join(folder, basename(id))), {
      pathPrefix: '/iiif/{{version}}/',
    });
    const result = await processor.execute();
    response.writeHead(result.statusCode ?? 200, { 'content-type': result.contentType });
    response.end(result.body);
  } catch (error) {
    response.writeHead(error.statusCode ?? 500, { 'content-type': 'text/plain' });
    response.end(String(error.message));
  }
}).listen(Number(port), '127.0.0.1');
