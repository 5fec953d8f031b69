import type { IncomingMessage, ServerResponse } from 'node:http';
import { answerJson, ownOriginOnly } from '../http/answer.ts';
import type { EmulatorEvent } from '../trace/emulatorEvent.ts';
import type { TraceLog } from '../trace/traceLog.ts';
import { EmulatorUsageError } from '../usageError.ts';

/** `GET events`: what happened as JSON, or with `Accept: text/event-stream` what happened and goes on happening. */
export interface EventStream {
  answer(request: IncomingMessage, response: ServerResponse, query: URLSearchParams): void;
  /** Ends every open stream. */
  close(): void;
}

export function createEventStream(trace: TraceLog): EventStream {
  const open = new Set<ServerResponse>();
  return {
    answer(request, response, query) {
      const wanted = request.headers['last-event-id'] ?? query.get('after') ?? '0';
      const after = typeof wanted === 'string' && /^\d{1,15}$/.test(wanted) ? Number(wanted) : undefined;
      if (after === undefined) throw new EmulatorUsageError('after and Last-Event-ID have to be the id of an event.');
      if (!(request.headers.accept ?? '').includes('text/event-stream')) {
        answerJson(response, 200, { events: trace.after(after), lastId: trace.lastId() });
        return;
      }
      response.writeHead(200, {
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store',
        ...ownOriginOnly,
      });
      response.flushHeaders();
      const write = (event: EmulatorEvent): void =>
        void response.write(`id: ${event.id}\ndata: ${JSON.stringify(event)}\n\n`);
      for (const event of trace.after(after)) write(event);
      const stop = trace.listen(write);
      open.add(response);
      response.once('close', () => {
        stop();
        open.delete(response);
      });
    },
    close() {
      for (const response of open) response.end();
    },
  };
}
