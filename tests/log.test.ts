import { execFileSync } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { describeError } from '../src/log.ts';

const SECRET = 'Mrs Jones in bed 4, NHS number 943 476 5919';

/** What a server that runs some lines with `log` writes, by the real log to the real output. */
function written(lines: string, production = true): string {
  const program = `
    const { createLog } = await import(${JSON.stringify(pathToFileURL('src/log.ts').href)});
    const log = createLog({ logLevel: 'trace', production: ${production} });
    const secret = ${JSON.stringify(SECRET)};
    ${lines}
  `;
  return execFileSync(process.execPath, ['--input-type=module', '--eval', program], { encoding: 'utf8' });
}

describe('what is kept of an error', () => {
  test('is its kind and where it arose, and never its message', () => {
    const kept = describeError(new TypeError(SECRET));
    expect(kept).toMatchObject({ type: 'TypeError' });
    expect(JSON.stringify(kept)).toContain('log.test.ts');
    expect(JSON.stringify(kept)).not.toContain('Jones');
  });

  test('is none of its message when a line of it looks like a place in the code', () => {
    const kept = describeError(new Error(`no\n    at ${SECRET}`));
    expect(JSON.stringify(kept)).toContain('log.test.ts');
    expect(JSON.stringify(kept)).not.toContain('Jones');
  });

  test('is none of the message that it had before a library gave it another', () => {
    const error = new Error(`no\n    at ${SECRET}`);
    error.message = 'something else';
    expect(JSON.stringify(describeError(error))).toContain('log.test.ts');
    expect(JSON.stringify(describeError(error))).not.toContain('Jones');
  });

  test.each([SECRET, '943 476 5919', '9434765919', 'jones@nhs.example', JSON.stringify({ text: SECRET })])(
    'is not what another server put in the place of its code: %s',
    (code) => {
      expect(describeError(Object.assign(new Error('no'), { code, name: code }))).toMatchObject({
        type: 'Error',
        code: undefined,
      });
    },
  );

  test('is its code and its status, where it has them', () => {
    expect(describeError(Object.assign(new Error(SECRET), { code: 'ECONNRESET', statusCode: 502 }))).toMatchObject({
      code: 'ECONNRESET',
      status: 502,
    });
  });

  test('is nothing of what hangs on it: causes, other errors, bodies', () => {
    const error = Object.assign(new AggregateError([new Error(SECRET)], SECRET, { cause: new Error(SECRET) }), {
      body: SECRET,
      response: { body: SECRET },
    });
    expect(JSON.stringify(describeError(error))).not.toContain('Jones');
  });

  test('is only its type when it is no error', () => {
    for (const thrown of [SECRET, { message: SECRET }, [SECRET], null, undefined, 7]) {
      expect(describeError(thrown)).toEqual({ type: typeof thrown });
    }
  });

  test('is short, however deep it arose', () => {
    const dive = (depth: number): Error => (depth === 0 ? new Error(SECRET) : dive(depth - 1));
    expect(describeError(dive(20)).at?.length).toBeLessThanOrEqual(8);
  });
});

describe('the log', () => {
  test('has the event and the kind of error, and not a word of its message', () => {
    const output = written("log.error({ card: 'c1', err: new RangeError(secret) }, 'card failed');");
    expect(JSON.parse(output)).toMatchObject({
      level: 50,
      card: 'c1',
      msg: 'card failed',
      err: { type: 'RangeError' },
    });
    expect(output).not.toContain('Jones');
  });

  test.each([
    ['under any name', 'log.error({ cause: new RangeError(secret) }, "failed");'],
    ['in the place of the fields', 'log.error(new RangeError(secret)); log.error(new RangeError(secret), "failed");'],
    ['from a part of the server', 'log.child({ part: 1 }).error({ cause: new RangeError(secret) }, "failed");'],
  ])('has not a word of the message of an error that is logged %s', (_, lines) => {
    const output = written(lines);
    expect(output).toContain('RangeError');
    expect(output).not.toContain('Jones');
  });

  test('has nothing of what was thrown in the place of an error', () => {
    const output = written("log.error({ err: secret }, 'failed'); log.error({ err: { message: secret } }, 'failed');");
    expect(output).toContain('"type":"string"');
    expect(output).not.toContain('Jones');
  });

  test('says neither which machine nor which process wrote it', () => {
    const line = JSON.parse(written("log.info('started');"));
    expect(line).not.toHaveProperty('hostname');
    expect(line).not.toHaveProperty('pid');
  });

  test('can be read by a person outside production, and still holds no message', () => {
    const output = written("log.error({ err: new RangeError(secret) }, 'card failed');", false);
    expect(output).toContain('card failed');
    expect(output).toContain('RangeError');
    expect(output).not.toContain('Jones');
  });
});
