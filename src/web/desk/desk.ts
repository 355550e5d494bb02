import { dutyBoard } from '../../escalation/duty-board.ts';
import { reportCsv, tableCsv } from '../../escalation/report/csv.ts';
import { PeriodError, reportFor } from '../../escalation/reports.ts';
import type { Organisation } from '../../guidance/types.ts';
import { allOnDuty } from '../../store/duty.ts';
import type { PersonKey } from '../../store/people.ts';
import type { Actor } from '../../store/referrals.ts';
import { act } from './acting.ts';
import type { CheckedQuery, Me } from './contract.ts';
import { flowView, guidanceList, guidancePaths, loadDrawing } from './guidance.ts';
import type { DeskNeeds } from './needs.ts';
import { once } from './once.ts';
import { answerName, askName, lookAtName } from './opening.ts';
import { DeskError } from './problems.ts';
import { referralView } from './referral.ts';
import { register } from './register.ts';
import { organisationOf, readingOf, rightsIn, rightsOf } from './rights.ts';
import type { Handlers, Reply } from './serve.ts';

/** What the desk answers, by endpoint. */
export function createDesk(needs: DeskNeeds): Handlers {
  // Few servers are ever asked for a diagram: what draws them is loaded for the first who asks.
  const drawing = once(loadDrawing);
  const guidanceFor = (who: PersonKey, organisation: string) => organisationOf(needs, who, organisation);
  return {
    me: async ({ who }) => ({ answer: await me(needs, who) }),
    register: async ({ who, query }) => ({ answer: await register(needs, who, query) }),
    async referral({ who, in: { reference } }) {
      const reading = await readingOf(needs, who, reference);
      return {
        answer: await referralView(needs, who, reading),
        beforeSending: () => needs.referrals.noteRead(reading.record.referral.reference, who, reading.as),
      };
    },
    async act({ who, in: { reference }, body }) {
      const answer = await act(needs, who, reference, body);
      return { answer, shows: answer.referral };
    },
    async askName({ who, in: { reference }, body }) {
      const answer = await askName(needs, who, reference, body);
      return { answer, shows: answer.referral };
    },
    async answerName({ who, in: { reference }, body }) {
      const answer = await answerName(needs, who, reference, body);
      return { answer, shows: answer.referral };
    },
    lookAtName: async ({ who, in: { reference } }) => ({ answer: await lookAtName(needs, who, reference) }),
    duty: ({ who, query }) => duty(needs, who, query.organisation),
    guidance: async ({ who, query }) => ({ answer: guidanceList(guidanceFor(who, query.organisation)) }),
    async flow({ who, in: { flow }, query }) {
      const organisation = guidanceFor(who, query.organisation);
      const view = flowView(organisation, flow, await drawing());
      if (view === undefined) throw new DeskError('not-found', 'There is no such topic. It may have been taken away.');
      return { answer: view };
    },
    paths: async ({ who, query }) => ({ answer: guidancePaths(guidanceFor(who, query.organisation)) }),
    report: ({ who, query }) => report(needs, who, query),
  };
}

async function me(needs: DeskNeeds, who: Actor): Promise<Me> {
  const { rights, unknown } = await rightsOf(needs, who);
  return {
    name: who.name,
    organisations: rights.map(({ organisation: { id, settings }, right }) => ({
      id,
      name: settings.name,
      shortName: settings['short-name'],
      right,
      timezone: settings.timezone,
      departmentWord: settings['department-word'],
      onDutyRole: settings['on-duty-role'],
      departments: settings.departments.map(({ id: department, name }) => ({ id: department, name })),
      categories: Object.entries(settings.categories).map(([category, name]) => ({ id: category, name })),
    })),
    notice: unknown.length === 0 ? null : sayUnknown(unknown),
    now: needs.clock.now(),
    app: needs.app,
    chat: needs.chat,
  };
}

function sayUnknown(organisations: readonly Organisation[]): string {
  const names = organisations.map(({ settings }) => settings.name).join(' and of ');
  return `Teams does not tell us just now who is in the safeguarding team of ${names}. If you are in it, its pages are not all open to you until Teams does. This page tries again by itself. Your cards in Teams still work.`;
}

async function duty(needs: DeskNeeds, who: PersonKey, id: string): Promise<Reply<'duty'>> {
  const { organisation, right } = await rightsIn(needs, who, id);
  if (right === 'staff') {
    throw new DeskError(
      'not-allowed',
      'Who is on duty is shown here to those who go on duty, and to the safeguarding team.',
    );
  }
  const now = needs.clock.now();
  const board = dutyBoard(organisation, await allOnDuty(needs.store.db, organisation.id, now), now);
  return { answer: { ...board, now } };
}

async function report(needs: DeskNeeds, who: PersonKey, query: CheckedQuery<'report'>): Promise<Reply<'report'>> {
  const { organisation, right } = await rightsIn(needs, who, query.organisation);
  if (right !== 'team') throw new DeskError('not-allowed', 'Reports are for the safeguarding team.');
  const { from, to, format, table: id } = query;
  const options = { from, to, suppress: query.suppress === 'true', now: needs.clock.now(), mayName: true, reader: who };
  const made = await reportFor(needs.store.db, organisation, options).catch((error: unknown) => {
    throw error instanceof PeriodError ? new DeskError('bad-input', error.message) : error;
  });
  if (format === 'json') return { answer: made };
  const table = made.tables.find((one) => one.id === id);
  if (id !== undefined && table === undefined) {
    throw new DeskError('not-found', 'There is no such table in this report. Open the report again.');
  }
  const name = [organisation.id, id ?? 'report', from, to].join('_');
  const content = table === undefined ? reportCsv(made) : tableCsv(table);
  return { file: { name: `${name}.csv`, type: 'text/csv; charset=utf-8', content } };
}
