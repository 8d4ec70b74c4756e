import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Contender, type ContenderOptions, freePort, startProcess, waitUntilUp } from './contender.ts';

const IIPSRV = '/usr/lib/iipimage-server/iipsrv.fcgi';

/** Debian's iipimage-server: two processes behind nginx, FastCGI without keep-alive. */
export async function startIipsrv({
  folder,
  scratch,
  cached,
  probe = 'jpeg.tif',
}: ContenderOptions): Promise<Contender> {
  const ports = [await freePort(), await freePort()];
  const port = await freePort();
  const stops = ports.map((fcgi) =>
    startProcess(IIPSRV, ['--bind', `127.0.0.1:${fcgi}`], {
      FILESYSTEM_PREFIX: `${folder}/`,
      VERBOSITY: '0',
      LOGFILE: '/dev/null',
      MEMCACHED_SERVERS: '',
      MAX_IMAGE_CACHE_SIZE: cached ? '100' : '0',
      OMP_NUM_THREADS: '1',
    }),
  );
  const home = join(scratch, 'nginx');
  mkdirSync(home, { recursive: true });
  writeFileSync(join(home, 'nginx.conf'), nginxConfig(home, port, ports));
  stops.push(startProcess('nginx', ['-p', home, '-c', join(home, 'nginx.conf'), '-e', join(home, 'error.log')], {}));
  const origin = `http://127.0.0.1:${port}`;
  await waitUntilUp(`${origin}/fcgi-bin/iipsrv.fcgi?FIF=${probe}&OBJ=Max-size`);
  return {
    name: 'iipsrv',
    origin,
    speaks: 'iip',
    mount: '/fcgi-bin/iipsrv.fcgi?FIF=',
    stop: async () => {
      for (const stop of stops.reverse()) await stop();
    },
  };
}

function nginxConfig(home: string, port: number, backends: readonly number[]): string {
  const parameters = ['QUERY_STRING $query_string', 'REQUEST_METHOD $request_method', 'REQUEST_URI $request_uri'];
  parameters.push('SERVER_PROTOCOL $server_protocol', 'HTTP_HOST $http_host', 'CONTENT_LENGTH $content_length');
  return `daemon off; worker_processes 1; pid ${home}/nginx.pid; error_log ${home}/error.log;
events { worker_connections 1024; }
http {
  access_log off;
  client_body_temp_path ${home}/body; proxy_temp_path ${home}/proxy; fastcgi_temp_path ${home}/fastcgi;
  uwsgi_temp_path ${home}/uwsgi; scgi_temp_path ${home}/scgi;
  upstream iip { least_conn; ${backends.map((backend) => `server 127.0.0.1:${backend};`).join(' ')} }
  server {
    listen 127.0.0.1:${port};
    keepalive_requests 1000000;
    location /fcgi-bin/ { fastcgi_pass iip; ${parameters.map((entry) => `fastcgi_param ${entry};`).join(' ')} }
  }
}
`;
}
