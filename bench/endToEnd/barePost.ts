import { Agent, request } from 'node:http';
import axios from 'axios';

/** What the platform answers. */
export interface Sent {
  id?: string;
  message_id?: string;
}

/** Makes one POST and answers the JSON that came back. */
export type BarePost = (url: string, token: string, body: object) => Promise<Sent>;

/** As many at once as the bot's turn runner allows. */
const maxSockets = 64;

/** With axios, or with Node's own client and nothing around it; both on connections that are kept. */
export function createBarePost(client: 'axios' | 'raw'): BarePost {
  const agent = new Agent({ keepAlive: true, maxSockets });
  if (client === 'axios') {
    const http = axios.create({ httpAgent: agent, proxy: false });
    return async (url, token, body) => {
      const { data } = await http.post<Sent>(url, body, { headers: { authorization: `Bearer ${token}` } });
      return data;
    };
  }
  return (url, token, body) =>
    new Promise((resolve, reject) => {
      const bytes = Buffer.from(JSON.stringify(body));
      const headers = {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        'content-length': bytes.length,
      };
      const sending = request(url, { method: 'POST', agent, headers }, (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (part: string) => (text += part));
        response.on('end', () => resolve(JSON.parse(text) as Sent));
        response.on('error', reject);
      });
      sending.on('error', reject);
      sending.end(bytes);
    });
}
