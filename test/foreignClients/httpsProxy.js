import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { TLSSocket } from 'node:tls';
import { listenOnLoopback } from '../../emulator/http/listen.ts';
import { metaHosts } from '../../emulator/redirect/hosts.js';

/** @import { Socket } from 'node:net' */

/** @typedef {Awaited<ReturnType<typeof startHttpsProxy>>} HttpsProxy */

/**
 * A proxy for clients of any language: they ask it for Graph and talk to the emulator that it leads to, over TLS; any other host is refused.
 * They learn of it by the usual variables, and trust its certificate besides.
 *
 * @param {string} folder for key and certificate
 */
export async function startHttpsProxy(folder) {
  const certificate = join(folder, 'certificate.pem');
  const keyFile = join(folder, 'key.pem');
  const names = metaHosts.map((host) => `DNS:${host}`).join(',');
  const subject = ['-subj', '/CN=Emulator', '-addext', `subjectAltName=${names}`, '-days', '1'];
  const files = ['-keyout', keyFile, '-out', certificate];
  execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', ...subject, ...files], { stdio: 'ignore' });
  const [key, cert] = [readFileSync(keyFile), readFileSync(certificate)];
  let emulator = new URL('http://127.0.0.1:1');
  const open = /** @type {Set<Socket>} */ (new Set());

  const server = createServer((_request, response) => response.writeHead(502).end());
  server.on('connect', (request, /** @type {Socket} */ client) => {
    if (!metaHosts.includes(request.url?.replace(/:443$/, '') ?? '')) {
      client.end('HTTP/1.1 502 Not a host of the emulator\r\n\r\n');
      return;
    }
    client.write('HTTP/1.1 200 OK\r\n\r\n');
    const secure = new TLSSocket(client, { isServer: true, key, cert, ALPNProtocols: ['http/1.1'] });
    const target = connect(Number(emulator.port), emulator.hostname);
    for (const socket of [client, secure, target]) {
      open.add(socket);
      socket.on('close', () => [client, secure, target].forEach((other) => void (open.delete(other), other.destroy())));
      socket.on('error', () => socket.destroy());
    }
    secure.pipe(target).pipe(secure);
  });
  const port = await listenOnLoopback(server, 0);
  return {
    certificate,
    address: `http://127.0.0.1:${port}`,
    /** @param {string} url of an emulator, without a path */
    leadTo(url) {
      emulator = new URL(url);
    },
    close() {
      for (const socket of open) socket.destroy();
      server.closeAllConnections();
      server.close();
    },
  };
}

/**
 * The variables by which the languages learn of a proxy and of a certificate to trust.
 *
 * @param {{ address: string, certificate: string }} proxy
 */
export const proxyVariables = ({ address, certificate }) => ({
  ...{ HTTPS_PROXY: address, https_proxy: address, HTTP_PROXY: address, http_proxy: address },
  ...{ NO_PROXY: '127.0.0.1', no_proxy: '127.0.0.1' },
  ...{ SSL_CERT_FILE: certificate, REQUESTS_CA_BUNDLE: certificate, SYSTEM_CERTIFICATE_PATH: certificate },
  ...{ PERL_LWP_ENV_PROXY: '1', PERL_LWP_SSL_CA_FILE: certificate, NODE_EXTRA_CA_CERTS: certificate },
});
