import assert from 'node:assert/strict';
import { memoryAdapter } from '../../src/extension/memory-adapter.js';
import { Client, fixture, marker } from '../debug/client.js';

const file = fixture('reclaim.gmap');

describe('the memory inspector', () => {
  it('shows entries big-endian, knows the tables in storage, and finds what has a name', async () => {
    const client = new Client();
    await client.launch({ program: file }, () => client.setLines(file, marker(file, 'reclaim')));
    const session = { customRequest: (command: string, args?: unknown) => client.request<unknown>(command, args) };

    const { settings } = await memoryAdapter.getMemoryDisplaySettings();
    assert.deepEqual(settings, { bytesPerMau: 1, mausPerGroup: 8, endianness: 'Big Endian' });

    const address = await memoryAdapter.getAddressOfVariable(session, 'pte(vm, 0x2000)');
    assert.ok(address !== undefined);
    assert.equal(await memoryAdapter.getSizeOfVariable(session, 'pte(vm, 0x2000)'), 8n);
    assert.equal(await memoryAdapter.getAddressOfVariable(session, 'nobody'), undefined);
    assert.equal(await memoryAdapter.getSizeOfVariable(session, 'nobody'), undefined);

    // A range that begins in the middle of a table finds it, and ends before the next.
    const [table, ...others] = await memoryAdapter.getResidents(session, { memoryReference: address, count: 8 });
    assert.deepEqual(others, []);
    assert.equal(table!.type, 'page table');
    assert.equal(table!.name, 'page table of the host for 0x10000000');
    assert.ok(BigInt(table!.startAddress) <= BigInt(address) && BigInt(address) < BigInt(table!.endAddress));

    const all = await memoryAdapter.getResidents(session, { memoryReference: '0x0', count: 1 << 22 });
    assert.ok(all.some(({ name }) => name === 'segment table of a gmap for 0x0'));
    assert.ok(all.every((one, i) => i === 0 || BigInt(all[i - 1]!.endAddress) <= BigInt(one.startAddress)));
  });
});
