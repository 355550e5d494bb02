import { expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { openHouse, rest } from './house.ts';

test('a worker that can read the register and not write to it has not passed, until it can', async () => {
  const house = await openHouse();
  try {
    await sql`create trigger no_room before insert on workers begin select raise(abort, 'no room'); end`.execute(
      house.store.db,
    );
    const worker = house.anotherWorker();
    await worker.start();
    for (let looks = 0; looks < 3; looks += 1) {
      worker.wake();
      await rest(worker);
    }
    expect(worker.lastPass()).toBe(0);
    await sql`drop trigger no_room`.execute(house.store.db);
    worker.wake();
    await rest(worker);
    expect(worker.lastPass()).toBeGreaterThan(0);
  } finally {
    await house.close();
  }
});
