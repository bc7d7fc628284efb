/** What the memory-inspector extension (eclipse-cdt.memory-inspector) wants to know of a debug adapter. */
import type { DebugProtocol } from '@vscode/debugprotocol';
import { Requests, type ResidentsResponse } from '../debug/protocol.js';

/** Of a debug session only this is needed. */
interface Session {
  customRequest(command: string, args?: unknown): Thenable<unknown>;
}

type Evaluated = DebugProtocol.EvaluateResponse['body'];

/** Every word that has a name is an entry of a table, or as long as one: bytes. */
const WORD = 8n;

async function addressOf(session: Session, expression: string): Promise<string | undefined> {
  try {
    const answer = (await session.customRequest('evaluate', { expression, context: 'watch' })) as Evaluated;
    return answer.memoryReference;
  } catch {
    return undefined; // It is no name here and now.
  }
}

/** Under the names of its interface `AdapterCapabilities`. */
export const memoryAdapter = {
  /** A group is an entry: eight bytes, the highest first. */
  getMemoryDisplaySettings: () =>
    Promise.resolve({ settings: { bytesPerMau: 1, mausPerGroup: Number(WORD), endianness: 'Big Endian' } }),

  /** The tables that lie in a range of storage. */
  getResidents: async (session: Session, range: DebugProtocol.ReadMemoryArguments) => {
    const { residents } = (await session.customRequest(Requests.residents, range)) as ResidentsResponse;
    return residents.map(({ name, type, start, end }) => ({ name, type, startAddress: start, endAddress: end }));
  },

  getAddressOfVariable: addressOf,

  getSizeOfVariable: async (session: Session, expression: string): Promise<bigint | undefined> =>
    (await addressOf(session, expression)) === undefined ? undefined : WORD,
};
