import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { startCollector } from '../support/collector.ts';
import { deskReader } from '../support/desk.ts';
import {
  alone,
  FORM,
  goesOnDuty,
  opensChat,
  raisesLivestream,
  referenceOn,
  sees,
  startRehearsal,
} from '../support/rehearsal.ts';

const Exported = z.object({
  resourceSpans: z.array(
    z.object({
      scopeSpans: z.array(
        z.object({
          spans: z.array(
            z.object({
              name: z.string(),
              attributes: z.array(z.object({ key: z.string(), value: z.object({ stringValue: z.string() }) })),
            }),
          ),
        }),
      ),
    }),
  ),
});

describe('with a collector', () => {
  const bodies: string[] = [];
  let reference: string;
  beforeAll(async () => {
    const collector = await startCollector();
    const rehearsal = await startRehearsal({ OTEL_EXPORTER_OTLP_ENDPOINT: `${collector.endpoint}/` });
    const grace = await opensChat(rehearsal.teams, 'Grace');
    await goesOnDuty(grace, 'ward-9', '23:59');
    reference = referenceOn(await raisesLivestream(await opensChat(rehearsal.teams, 'Amina')));
    await sees(grace, reference, 'Acknowledge: I have this');
    await deskReader(rehearsal.signpost.address, () => rehearsal.teams.tokenFor('Priya')).opens(reference);
    await rehearsal.stop();
    await collector.stop();
    bodies.push(...collector.bodies);
  });

  test('there is a span for each turn, delivery, call of the desk and look of the worker, by the time it has stopped', () => {
    expect(bodies.every((body) => body.startsWith('/v1/traces '))).toBe(true);
    const spans = bodies
      .map((body) => Exported.parse(JSON.parse(body.slice(body.indexOf(' ')))))
      .flatMap(({ resourceSpans }) => resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((one) => one.spans)))
      .map(({ name, attributes }) => [name, ...attributes.map(({ value }) => value.stringValue)].join(' '));
    for (const wanted of [
      'signpost.turn step answered',
      'signpost.turn send answered',
      'signpost.delivery on-duty sent',
      'signpost.desk referral 200',
      'signpost.pass look done',
    ]) {
      expect(spans).toContain(wanted);
    }
  });

  test('none of them names a person or a referral, or holds what anybody wrote', () => {
    const text = bodies.join('\n');
    for (const secret of [reference, 'Amina', 'Grace', 'Priya', FORM.description, 'livestreaming']) {
      expect(text).not.toContain(secret);
    }
    expect(text.replace(/"\w+(Id|Nano)":"\w+"/g, '')).not.toMatch(alone(FORM.callBack));
  });
});

describe('without a collector', () => {
  test('nothing of OpenTelemetry is loaded but the bare interface that the client of Prometheus asks for', async () => {
    const script = `
      import { registerHooks } from 'node:module';
      const loaded = [];
      registerHooks({ load: (url, context, next) => { loaded.push(url); return next(url, context); } });
      const { startSignpost } = await import('./src/signpost.ts');
      const { readSettings } = await import('./src/settings.ts');
      const { createLog } = await import('./src/log.ts');
      const settings = readSettings();
      const signpost = await startSignpost(settings, createLog(settings));
      await signpost.stop();
      console.log(JSON.stringify({ all: loaded.length, of: loaded.filter((url) => url.includes('/@opentelemetry/')) }));
      process.exit(0);`;
    const folder = mkdtempSync(join(tmpdir(), 'signpost-untraced-'));
    try {
      const { stdout } = await promisify(execFile)(
        process.execPath,
        ['--disable-warning=ExperimentalWarning', '--input-type=module', '--eval', script],
        { env: { PATH: process.env.PATH, PORT: '0', DATA_DIR: folder, LOG_LEVEL: 'silent' } },
      );
      const { all, of } = JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
      expect(all).toBeGreaterThan(100);
      expect(of.filter((url: string) => !url.includes('/@opentelemetry/api/'))).toEqual([]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
