import type { IncomingMessage, ServerResponse } from 'node:http';

/** What a server does with one request instead of its work. */
export type WireFault = (request: IncomingMessage, response: ServerResponse) => void;

// No `writeHead(…).end(…)`: restify changes Node's ServerResponse for the whole process, and its writeHead returns nothing.
function answer(status: number, body: string, headers: Record<string, string> = {}): WireFault {
  return (_request, response) => {
    response.statusCode = status;
    response.setHeader('content-type', 'application/json');
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    response.end(body);
  };
}

/** The error of Bot Connector, and of Azure's channel when it relays Graph's. */
const connectorError = (message: string): string => JSON.stringify({ error: { code: 'ServiceError', message } });
const relayed = (code: number, subcode: number): string =>
  connectorError(
    `SendActivityToUserAsync FAILED: ${JSON.stringify({ error: { message: '(#1) no', code, error_subcode: subcode } })}`,
  );

/** Answers that come, whatever they are worth. */
export const wireAnswers: Readonly<Record<string, WireFault>> = {
  'a 500': answer(500, connectorError('no')),
  'a 500 without a body': answer(500, ''),
  'a 502 with a page in HTML': answer(502, '<html>Bad gateway</html>', { 'content-type': 'text/html' }),
  'a 503 with Retry-After': answer(503, '', { 'retry-after': '1' }),
  'a 504': answer(504, ''),
  'a 429 with Retry-After': answer(429, connectorError('slow down'), { 'retry-after': '1' }),
  'a 429 with a date as Retry-After': answer(429, '', { 'retry-after': 'Wed, 21 Oct 2099 07:28:00 GMT' }),
  'a 408': answer(408, ''),
  'a 400': answer(400, connectorError('no')),
  'a 401': answer(401, connectorError('no')),
  'a 403': answer(403, connectorError('no')),
  'a 404': answer(404, connectorError('no')),
  'a 413': answer(413, ''),
  'a relayed 10/2018300': answer(400, relayed(10, 2018300)),
  'a relayed 10/2018278': answer(400, relayed(10, 2018278)),
  'a relayed 551': answer(400, relayed(551, 1545041)),
  'a relayed 100/2018001': answer(400, relayed(100, 2018001)),
  'a relayed 190': answer(400, relayed(190, 463)),
  'a redirect': answer(307, '', { location: 'http://127.0.0.1:9/' }),
  'half of the JSON with 200': answer(200, '{"id":'),
};

/** Answers that do not come, or not whole. */
export const wireBreaks: Readonly<Record<string, WireFault>> = {
  'a reset': (_request, response) => void response.socket?.resetAndDestroy(),
  'a closed connection': (_request, response) => void response.socket?.destroy(),
  'a body cut short': (_request, response) => {
    response.statusCode = 200;
    response.setHeader('content-length', '1000');
    response.write('{"id":', () => response.socket?.destroy());
  },
  'no HTTP at all': (_request, response) => void response.socket?.end('hello, this is not HTTP\r\n\r\n'),
};

/** Answers that only a time limit ends. */
export const wireSilences: Readonly<Record<string, WireFault>> = {
  silence: () => undefined,
  'a drip that never ends': (_request, response) => {
    response.statusCode = 200;
    response.write(' ');
    const timer = setInterval(() => response.write(' '), 20);
    response.once('close', () => clearInterval(timer));
  },
};
