import { systemClock } from '../escalation/clock.ts';
import {
  type ErasurePlan,
  erase,
  type Fate,
  planErasure,
  type ReferralFate,
  type Stay,
} from '../escalation/erasure.ts';
import type { Engine } from '../escalation/work.ts';
import { loadPolicies } from '../policies.ts';
import { readSettings } from '../settings.ts';
import { CommandError, count, print } from './organisations.ts';
import { type PersonOptions, personMeant, whoRuns } from './person.ts';
import { openRegister, sealBeside } from './register.ts';

export type EraseOptions = PersonOptions & { readonly beforeItsTime?: boolean; readonly yes?: boolean };

/** `signpost erase`: what can be deleted of one person, and with `--yes` deletes it. */
export async function eraseCommand(options: EraseOptions): Promise<void> {
  const { yes = false, beforeItsTime = false, reason = '' } = options;
  if (yes && reason.trim() === '') {
    throw new CommandError('Say why, such as --reason "request IG-2027-014". Name nobody in it: it is kept.');
  }
  if (yes && beforeItsTime && options.by === undefined) {
    throw new CommandError(
      'Say who decided that this goes before its time, such as --by "Head of Information Governance".',
    );
  }
  const settings = readSettings();
  const seal = sealBeside(settings);
  const guidance = await loadPolicies(settings.policiesFolder);
  const store = await openRegister(settings, yes ? 'writes' : 'reads');
  try {
    const about = await personMeant(store.db, options);
    const engine: Engine = { store, seal, clock: systemClock, teams: () => [], mails: false, wake: () => undefined };
    const plan = await planErasure(engine, about, { guidance, beforeItsTime });
    print(sayPlan(plan, yes));
    if (!yes) return;
    const left = await erase(engine, plan, { by: whoRuns(options), reason });
    print(left.length === 0 ? 'Done.' : `Done, but for ${left.join(', ')}, which changed meanwhile. Run this again.`);
  } finally {
    await store.close();
  }
}

const WHY: Readonly<Record<Stay, string>> = {
  open: 'it is open, and somebody may be at risk',
  'within-its-time': 'it is closed, and the time for which the Trust keeps it is not over',
  'being-delivered': 'a message about it is still being delivered: run this again in some minutes',
  'already-forgotten': 'its words and names are deleted already',
  'says-who-was-responsible': 'they say who was responsible while a referral that is kept was open',
  'open-referral': 'a referral that they raised or have is open',
  'on-duty': 'they are on duty now, or are asked to be',
  'message-owed': 'a message to them is still being delivered: run this again in some minutes',
};

function sayPlan(plan: ErasurePlan, yes: boolean): string {
  const { about, referrals, teams } = plan;
  const goes = [
    ...(plan.account?.goes === true ? ['how the bot reaches them in Teams'] : []),
    ...counted(plan.duties, 'time on duty', 'times on duty'),
    ...counted(plan.handovers, 'hand-over', 'hand-overs'),
    ...counted(
      plan.notices,
      'message of the bot that was about no referral',
      'messages of the bot that were about no referral',
    ),
    ...referrals.filter(({ goes }) => goes).map(sayGoing),
  ];
  const stays = [
    ...(plan.account?.goes === false ? [`how the bot reaches them in Teams: ${WHY[plan.account.because]}`] : []),
    ...kept(plan.duties, 'time on duty', 'times on duty'),
    ...kept(plan.handovers, 'hand-over', 'hand-overs'),
    ...kept(plan.notices, 'message', 'messages'),
    ...referrals.flatMap((one) => (one.goes ? [] : [sayStaying(one, one.because)])),
    ...teams.map((team) => `that they own the team “${team}”: Teams says so. Take them out of its owners`),
    ...(referrals.length === 0
      ? []
      : ['their object id in the history of these referrals: it cannot be changed, and names nobody by itself']),
  ];
  const head = `${about.name === '' ? 'Somebody whose name is not kept' : about.name}, object id ${about.person}, tenant ${about.tenant}`;
  const isLegal = referrals.some((one) => !one.goes && (one.because === 'open' || one.because === 'within-its-time'));
  return [
    head,
    section(yes ? 'This goes:' : 'This would go:', goes),
    section(yes ? 'This stays:' : 'This would stay:', stays),
    ...(isLegal ? [LEGAL] : []),
    'Cards and messages in Teams, emails that were sent, and backups are not in this register: see docs/data.md.',
    ...(yes ? [] : ['Nothing was deleted. Add --yes and --reason to do it.']),
  ].join('\n');
}

const LEGAL =
  'The right to erasure does not reach what the Trust must keep for a task in the public interest, for a legal obligation or for legal claims (UK GDPR, Article 17(3)). Whether that is so for a closed referral is for your information governance lead to decide: --before-its-time with --reason and --by carries out a decision that it goes. An open one always stays.';

function section(title: string, lines: readonly string[]): string {
  return `${title}\n${lines.length === 0 ? '  nothing' : lines.map((line) => `  - ${line}`).join('\n')}`;
}

function counted(rows: readonly Fate[], one: string, several: string): string[] {
  const going = rows.filter(({ goes }) => goes).length;
  return going === 0 ? [] : [count(going, one, several)];
}

/** What stays, together where it stays for the same reason. */
function kept(rows: readonly Fate[], one: string, several: string): string[] {
  const reasons = Map.groupBy(
    rows.flatMap((row) => (row.goes ? [] : [row.because])),
    (because) => because,
  );
  return [...reasons].map(([because, all]) => `${count(all.length, one, several)}: ${WHY[because]}`);
}

function sayGoing({ reference, what }: ReferralFate): string {
  return what === 'all'
    ? `${reference}, which they raised: all its words and names. That it was raised and how it went stays`
    : `${reference}: their name. What they did and wrote in it stays`;
}

function sayStaying({ reference, as, keptUntil }: ReferralFate, because: Stay): string {
  const part = as.includes('reporter') ? ', which they raised' : '';
  const until =
    because !== 'within-its-time'
      ? ''
      : keptUntil === null
        ? ' (it is kept for ever)'
        : ` (until ${new Date(keptUntil).toISOString().slice(0, 10)})`;
  return `${reference}${part}: ${WHY[because]}${until}`;
}
