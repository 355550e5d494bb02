import { isInHours, sayTime } from '../../escalation/hours.ts';
import { STATUS_NAMES } from '../../escalation/life.ts';
import { canBeTold, SAFE, sayTold } from '../../escalation/wording.ts';
import { emergencyNumber } from '../../guidance/outcome.ts';
import type { Escalate, Flow, Route } from '../../guidance/types.ts';
import type { DutyRow, ReferralRow } from '../../store/schema.ts';
import { type Say, sayFor } from '../../words/say.ts';
import type { CardData } from '../cards.ts';
import type { Draft, WalkState } from '../verbs.ts';
import { exit, type Reader } from './common.ts';

export const EMPTY_DRAFT: Draft = {
  department: '',
  description: '',
  callBack: '',
  safeToRing: '',
  told: '',
  aboutSenior: '',
  yourName: '',
};

const LONGEST_DESCRIPTION = 2_000;
const LONGEST_CALL_BACK = 40;

const ABOUT: Readonly<Record<ReferralRow['about_senior'], string>> = {
  no: 'No',
  yes: 'Yes, someone in charge there',
  channel: 'Yes, someone in the safeguarding team',
  unsure: 'Not sure, or would rather not say',
};

/** A form that was filled in properly. */
export type Filled = {
  readonly department: string;
  readonly description: string;
  readonly callBack: string;
  readonly safeToRing: ReferralRow['safe_to_ring'];
  readonly told: readonly string[];
  readonly aboutSenior: ReferralRow['about_senior'];
  readonly nameKept: boolean;
};

/**
 * Checks a form. Each problem says what to mend, in the order of the form.
 * @param canKeepName Whether the choice to keep one's name is on the form.
 */
export function readDraft(
  { organisation, name }: Pick<Reader, 'organisation' | 'name'>,
  draft: Draft,
  canKeepName: boolean,
): { filled?: Filled; problems: string[] } {
  const word = organisation.settings['department-word'];
  const problems: string[] = [];
  const description = draft.description.trim();
  const callBack = draft.callBack.trim();
  const told = draft.told.split(',').filter(canBeTold);
  const safeToRing = isKey(SAFE, draft.safeToRing) ? draft.safeToRing : 'not-given';
  const aboutSenior = isKey(ABOUT, draft.aboutSenior) ? draft.aboutSenior : undefined;
  if (!organisation.settings.departments.some(({ id }) => id === draft.department)) {
    problems.push(`Choose a ${word} from the list.`);
  }
  if (description === '') problems.push('Say what happened, in a few words.');
  if (description.length > LONGEST_DESCRIPTION) {
    problems.push(
      `Shorten what happened: it has ${description.length.toLocaleString('en-GB')} characters, and ${LONGEST_DESCRIPTION.toLocaleString('en-GB')} fit.`,
    );
  }
  const nameKept = draft.yourName !== '' && draft.yourName !== 'shown';
  if (nameKept) problems.push(...problemsOfKeeping(sayFor(organisation), draft, name, canKeepName));
  if (callBack.length > LONGEST_CALL_BACK) {
    problems.push(`Shorten the number to ring you on: ${LONGEST_CALL_BACK} characters fit.`);
  }
  if (callBack !== '' && !nameKept && safeToRing === 'not-given')
    problems.push('Say whether it is safe to ring this number.');
  if (aboutSenior === undefined) problems.push('Say whether this is about someone who would be told.');
  if (problems.length > 0 || aboutSenior === undefined) return { problems };
  const { department } = draft;
  return { filled: { department, description, callBack, safeToRing, told, aboutSenior, nameKept }, problems };
}

/** Whatever is not plainly the wish to show one's name is taken as the wish to keep it, and is never passed over. */
function problemsOfKeeping(say: Say, { description, callBack }: Draft, name: string, canKeepName: boolean): string[] {
  if (!canKeepName) return [say('kept-name.cannot')];
  const saysName = plain(description).includes(plain(name));
  return [
    ...(saysName ? [say('kept-name.in-words')] : []),
    ...(callBack.trim() === '' ? [] : [say('kept-name.number')]),
  ];
}

function plain(text: string): string {
  return text.toLowerCase().replace(/\s+/g, ' ').trim();
}

function isKey<T extends object>(record: T, key: string): key is Extract<keyof T, string> {
  return Object.hasOwn(record, key);
}

/** What a form shows: what was typed, and what is to be mended. */
export type FormState = {
  readonly headline: string;
  readonly draft: Draft;
  readonly problems: readonly string[];
  /** Whether it has the choice to keep one's name. */
  readonly canKeepName: boolean;
};

export function raiseForm(
  reader: Reader,
  flow: Flow,
  here: WalkState,
  { headline, draft, problems, canKeepName }: FormState,
): CardData {
  const { settings } = reader.organisation;
  const say = sayFor(reader.organisation);
  return {
    language: say.language,
    fallback: `Raise this: say where, what happened and how to reach you. If someone is in danger, ring ${emergencyNumber(reader.organisation)}.`,
    speak: problems.length > 0 ? `Please mend this. ${problems.join(' ')}` : 'Raise this. Fill in the form.',
    ...exit(here),
    topic: flow.title,
    about: `You are raising: ${headline}`,
    problems: problems.map((text) => ({ text })),
    departmentWord: settings['department-word'],
    departments: settings.departments,
    draft,
    canKeepName,
    keeping: aboutKeeping(say, settings['on-duty-role']).map((text) => ({ text })),
    yourName: canKeepName && draft.yourName !== '' ? draft.yourName : 'shown',
    callBackLabel: say(canKeepName ? 'raise-form.call-back-if-shown' : 'raise-form.call-back'),
    check: here,
    back: { ...here, again: true },
  };
}

/** What it means to keep one's name, before somebody chooses it. */
function aboutKeeping(say: Say, role: string): string[] {
  return [
    say('kept-name.who-reads-what', { role, words: say('kept-name.instead') }),
    say('kept-name.relay'),
    say('kept-name.no-ringing'),
    say('kept-name.never-a-promise'),
    say('kept-name.who-can-open'),
    say('kept-name.guesses'),
  ];
}

/** The same once it is chosen, as it is for this concern. */
function aboutKept(say: Say, { nameKept, aboutSenior }: Filled): string[] {
  if (!nameKept) return [];
  return [
    say('kept-name.never-a-promise'),
    say(aboutSenior === 'channel' ? 'kept-name.nobody-can-open' : 'kept-name.who-can-open'),
    say('kept-name.guesses'),
  ];
}

export function raiseCheck(
  reader: Reader,
  flow: Flow,
  here: WalkState,
  draft: Draft,
  filled: Filled,
  escalate: Escalate,
  duty: readonly DutyRow[],
  key: string,
): CardData {
  const { organisation } = reader;
  const { settings } = organisation;
  const say = sayFor(organisation);
  const route = settings.routes[escalate.route];
  const department = settings.departments.find(({ id }) => id === filled.department)?.name ?? '';
  const change = { ...here, draft };
  const row = (label: string, value: string): object => ({ label, value: value === '' ? 'Not given' : value, change });
  return {
    language: say.language,
    fallback: 'Check your answers, then send. This is not a report to the police or to social care.',
    speak: 'Check your answers, then send. This is not a report to the police or to social care.',
    ...exit(here),
    topic: flow.title,
    rows: [
      row(titleCase(settings['department-word']), department),
      row('What happened', filled.description),
      ...(filled.nameKept
        ? [row(say('raise-form.your-name'), say('kept-name.kept'))]
        : [row('Number to ring you on', filled.callBack)]),
      ...(filled.callBack === '' ? [] : [row('Safe to ring?', SAFE[filled.safeToRing])]),
      row('Told already', sayTold(filled.told)),
      row('About someone who would be told?', ABOUT[filled.aboutSenior]),
    ],
    goesTo: route === undefined ? [] : goesTo(reader, route, duty, filled, department),
    name: reader.name,
    kept: aboutKept(say, filled).map((text) => ({ text })),
    reportText: `If someone should tell them, that still has to be done. If someone is in danger, ring ${emergencyNumber(organisation)} now. Do not wait for an answer here.`,
    send: { ...here, draft, key },
    raise: change,
    back: here,
  };
}

/** Who gets this, as far as can be known before Send. */
function goesTo(
  reader: Reader,
  route: Route,
  duty: readonly DutyRow[],
  { aboutSenior: about, department: id }: Filled,
  department: string,
): object[] {
  const { settings } = reader.organisation;
  const say = sayFor(reader.organisation);
  const role = settings['on-duty-role'];
  // The steps that are taken at once: those of another hour are left out.
  const now = isInHours(settings, reader.now) ? 'in-hours' : 'out-of-hours';
  const first = route.steps.find((step) => step.when === undefined || step.when === now);
  const lines = (first?.notify ?? []).flatMap((whom): string[] => {
    switch (whom.whom) {
      case 'on-duty':
        if (about === 'yes' || about === 'unsure')
          return [`It goes round the ${role}, because it may be about someone in charge.`];
        if (duty.length === 0) return [`No ${role} has signed on for ${department} now.`];
        return duty.map(
          (row) =>
            `${row.name}, ${role} for ${department} until ${sayTime(say, settings.timezone, row.until_at, reader.now)}`,
        );
      case 'role': {
        const name = settings.roles.find((role_) => role_.id === whom.role)?.name ?? whom.role;
        return [`Whoever is on duty as ${name}`];
      }
      case 'channel':
        return about === 'channel'
          ? [`It goes round the channel “${whom.name}”, because it may be about someone who reads it.`]
          : [`The channel “${whom.name}”`];
      case 'department-channel': {
        const name = settings.departments.find((one) => one.id === id)?.channel;
        return name === undefined || about === 'yes' || about === 'unsure' ? [] : [`The channel “${name}”`];
      }
      case 'email':
        return [`${reader.organisation.contacts.get(whom.contact)?.role ?? whom.contact}, by email`];
      default:
        return [];
    }
  });
  return lines.map((text) => ({ text }));
}

function titleCase(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

export function myReferrals(reader: Reader, referrals: readonly ReferralRow[], notice = ''): CardData {
  const { timezone } = reader.organisation.settings;
  const say = sayFor(reader.organisation);
  return {
    language: say.language,
    fallback: `You have raised ${referrals.length} referrals.`,
    speak: 'My referrals',
    ...exit(),
    notice,
    empty: referrals.length === 0 ? 'You have not raised anything with this bot.' : '',
    referrals: referrals.map((referral) => ({
      label: `${referral.reference}: ${STATUS_NAMES[referral.status]}`,
      hint: `${JSON.parse(referral.asked).title}, ${referral.department_name}, raised at ${sayTime(say, timezone, referral.raised_at, reader.now)}. Open its card.`,
      go: { reference: referral.reference },
    })),
  };
}
