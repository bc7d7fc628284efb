/** Keeps a client from filling memory: a message says how long it is, and one that is too long is not waited for. */
import { pipeline, Transform, type TransformCallback } from 'node:stream';

/** Longest message of a client in MB, if nothing else is said: writing all of a large machine's storage at once is far shorter. */
export const MAX_MESSAGE_MB = 64;
/** Longest head of a message, in bytes; a usual one has less than 30. */
const MOST_HEAD = 1 << 13;

/** What comes in, up to a message that is too long: then it tells, and both ends are closed. */
export function limited(
  input: NodeJS.ReadableStream,
  tell: (text: string) => void,
  maxMessageMb = MAX_MESSAGE_MB,
): NodeJS.ReadableStream {
  const limit = new MessageLimit(tell, maxMessageMb);
  // Unlike pipe, this also ends one where the other breaks off.
  pipeline(input, limit, () => undefined);
  return limit;
}

class MessageLimit extends Transform {
  /** What has come of the head of a message. */
  private head = '';
  /** Bytes of the message's body that are still to come. */
  private body = 0;

  constructor(
    private readonly tell: (text: string) => void,
    private readonly maxMessageMb: number,
  ) {
    super();
  }

  override _transform(chunk: Buffer, _: BufferEncoding, done: TransformCallback): void {
    for (let at = 0; at < chunk.length;) {
      if (this.body > 0) {
        const part = Math.min(this.body, chunk.length - at);
        this.body -= part;
        at += part;
        continue;
      }
      const before = this.head.length;
      this.head += chunk.toString('latin1', at);
      const end = this.head.indexOf('\r\n\r\n');
      if (end < 0 && this.head.length <= MOST_HEAD) break;
      this.body = Number(/^Content-Length:\s*(\d+)/im.exec(this.head.slice(0, Math.max(end, 0)))?.[1] ?? 0);
      if (end < 0 || this.body > this.maxMessageMb * 2 ** 20) {
        const most = `${this.maxMessageMb} MB (--max-message raises the limit)`;
        this.tell(`a message that is longer than ${most}, or none at all: the connection is closed`);
        this.destroy();
        return;
      }
      at += end + 4 - before;
      this.head = '';
    }
    done(null, chunk);
  }
}
