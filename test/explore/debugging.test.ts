import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { Client } from '../debug/client.js';
import { textOf } from './support.js';

const path = (name: string): string => fileURLToPath(new URL(`../../examples/threads/${name}`, import.meta.url));

describe('debugging a saved schedule', () => {
  it('each step goes as the schedule says', async () => {
    const client = new Client();
    const program = path('two-arms-read-write-pingpong.gmap');
    const stopped = await client.launch({ program, schedule: 'two-arms-read-write-pingpong.schedule' });
    assert.match(stopped.description, /^At the end: \d+ expectations, 1 failed$/);
    const plain = new Client();
    assert.match((await plain.launch({ program })).description, /^At the end: \d+ expectations, 0 failed$/);
  });

  it('the schedule says which scenario', async () => {
    const client = new Client();
    client.files.set('two.gmap', textOf('examples/threads/arming-meets-reclaim.gmap'));
    client.files.set('s', 'gmap schedule 1\nscenario "reclaim comes after: it is told"\nreclaim 12\narm 3\n');
    await client.launch({ program: 'two.gmap', schedule: 's', stopOnEntry: true });
    assert.equal((await client.stack()).at(-1)!.name, 'reclaim comes after: it is told');
  });

  it('says what is wrong with it', async () => {
    for (const [schedule, text, message] of [
      ['s', 'reclaim twelve\n', /^s:1: 'reclaim twelve' is not a thread and its number of steps/],
      [
        's',
        'gmap schedule 1\nprogram 0123456789abcdef\narm 1\n',
        /the schedule s cannot be followed: it was saved before/,
      ],
      ['s', 'arn 1\n', /no thread of scenario .* is named 'arn'; did you mean 'arm'\?/],
    ] as const) {
      const client = new Client();
      client.files.set('two.gmap', textOf('examples/threads/arming-meets-reclaim.gmap'));
      client.files.set(schedule, text);
      const response = await client.send('launch', { program: 'two.gmap', schedule });
      assert.ok(!response.success);
      const body = response.body as { error?: { variables?: { _text?: string } } };
      assert.match(body.error?.variables?._text ?? '', message);
    }
  });
});
