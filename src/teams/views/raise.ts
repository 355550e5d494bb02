import { isInHours, sayTime } from '../../escalation/hours.ts';
import type { Asked } from '../../escalation/referrals.ts';
import { canBeTold, capital, sayTold } from '../../escalation/wording.ts';
import { emergencyNumber } from '../../guidance/outcome.ts';
import type { Escalate, Flow, Route } from '../../guidance/types.ts';
import type { DutyRow, ReferralRow } from '../../store/schema.ts';
import { type Say, sayFor } from '../../words/say.ts';
import type { CardData } from '../cards.ts';
import type { Draft, WalkState } from '../verbs.ts';
import { exit, notices, type Reader } from './common.ts';

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

/** What the form's two questions can be answered with. */
const ABOUT: readonly ReferralRow['about_senior'][] = ['no', 'yes', 'channel', 'unsure'];
const SAFE: readonly ReferralRow['safe_to_ring'][] = ['yes', 'no-message', 'no', 'not-given'];

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
  const say = sayFor(organisation);
  const problems: string[] = [];
  const description = draft.description.trim();
  const callBack = draft.callBack.trim();
  const told = draft.told.split(',').filter(canBeTold);
  const safeToRing = SAFE.find((answer) => answer === draft.safeToRing) ?? 'not-given';
  const aboutSenior = ABOUT.find((answer) => answer === draft.aboutSenior);
  if (!organisation.settings.departments.some(({ id }) => id === draft.department)) {
    problems.push(say('form.choose-from-list', { department: organisation.settings['department-word'] }));
  }
  if (description === '') problems.push(say('form.say-what-happened'));
  if (description.length > LONGEST_DESCRIPTION) {
    problems.push(say('form.shorten-description', { length: description.length, longest: LONGEST_DESCRIPTION }));
  }
  const nameKept = draft.yourName !== '' && draft.yourName !== 'shown';
  if (nameKept) problems.push(...problemsOfKeeping(say, draft, name, canKeepName));
  if (callBack.length > LONGEST_CALL_BACK) {
    problems.push(say('form.shorten-call-back', { longest: LONGEST_CALL_BACK }));
  }
  if (callBack !== '' && !nameKept && safeToRing === 'not-given') problems.push(say('form.say-if-safe'));
  if (aboutSenior === undefined) problems.push(say('form.say-about'));
  if (problems.length > 0 || aboutSenior === undefined) return { problems };
  const { department } = draft;
  return { filled: { department, description, callBack, safeToRing, told, aboutSenior, nameKept }, problems };
}

/** Whatever is not plainly the wish to show one's name is taken as the wish to keep it, and is never passed over. */
function problemsOfKeeping(say: Say, { description, callBack }: Draft, name: string, canKeepName: boolean): string[] {
  if (!canKeepName) return [say('kept-name.cannot')];
  return [
    ...(saysName(description, name) ? [say('kept-name.in-words')] : []),
    ...(callBack.trim() === '' ? [] : [say('kept-name.number')]),
  ];
}

/**
 * Whether a text names somebody as Teams does, or by two parts of that name side by side: a Trust may show a name as
 * "OKAFOR, Grace (EXAMPLE TRUST)", and nobody writes of themselves like that.
 */
function saysName(text: string, name: string): boolean {
  const said = wordsIn(text);
  const whole = wordsIn(name);
  const parts = new Set(wordsIn(name.replace(/\([^)]*\)/g, ' ')));
  const sideBySide = said.some((word, index) => {
    const next = said[index + 1];
    return next !== undefined && next !== word && parts.has(word) && parts.has(next);
  });
  return sideBySide || (whole.length > 0 && ` ${said.join(' ')} `.includes(` ${whole.join(' ')} `));
}

/** The words of a text, without capitals and accents. */
function wordsIn(text: string): string[] {
  const plain = text
    .normalize('NFKD')
    .replace(/\p{M}|['’]/gu, '')
    .toLowerCase();
  return plain.match(/[\p{L}\p{N}]+/gu) ?? [];
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
    fallback: say('raise-form.fallback', { emergency: emergencyNumber(reader.organisation) }),
    speak: problems.length > 0 ? notices(say('raise-form.mend'), ...problems) : say('raise-form.fill-in'),
    ...exit(here),
    topic: flow.title,
    about: say('raise-form.raising', { headline }),
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
  const row = (label: string, value: string): object => ({
    label,
    value: value === '' ? say('raise-check.not-given') : value,
    change,
  });
  return {
    language: say.language,
    fallback: say('raise-check.aloud'),
    speak: say('raise-check.aloud'),
    ...exit(here),
    topic: flow.title,
    rows: [
      row(capital(settings['department-word']), department),
      row(say('desk.what-happened'), filled.description),
      ...(filled.nameKept
        ? [row(say('raise-form.your-name'), say('kept-name.kept'))]
        : [row(say('raise-check.number'), filled.callBack)]),
      ...(filled.callBack === '' ? [] : [row(say('raise-check.safe'), say(`safe.${filled.safeToRing}`))]),
      row(say('raise-check.told'), filled.told.length === 0 ? '' : sayTold(say, filled.told)),
      row(say('raise-check.about'), say(`about.${filled.aboutSenior}`)),
    ],
    goesTo: route === undefined ? [] : goesTo(reader, route, duty, filled, department),
    name: reader.name,
    nameAfter: say(filled.nameKept ? 'raise-check.raising-as-after-kept' : 'raise-check.raising-as-after'),
    kept: aboutKept(say, filled).map((text) => ({ text })),
    reportText: say('raise-check.still-to-be-done', { emergency: emergencyNumber(organisation) }),
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
        if (about === 'yes' || about === 'unsure') return [say('goes-to.round-on-duty', { role })];
        if (duty.length === 0) return [say('goes-to.nobody-on-duty', { role, department })];
        return duty.map((row) =>
          say('goes-to.on-duty', {
            name: row.name,
            role,
            department,
            until: sayTime(say, settings.timezone, row.until_at, reader.now),
          }),
        );
      case 'role': {
        const name = settings.roles.find((role_) => role_.id === whom.role)?.name ?? whom.role;
        return [say('goes-to.role', { name })];
      }
      case 'channel':
        return about === 'channel'
          ? [say('goes-to.round-channel', { name: whom.name })]
          : [say('goes-to.channel', { name: whom.name })];
      case 'department-channel': {
        const name = settings.departments.find((one) => one.id === id)?.channel;
        return name === undefined || about === 'yes' || about === 'unsure' ? [] : [say('goes-to.channel', { name })];
      }
      case 'email':
        return [say('place.email', { name: reader.organisation.contacts.get(whom.contact)?.role ?? whom.contact })];
      default:
        return [];
    }
  });
  return lines.map((text) => ({ text }));
}

export function myReferrals(reader: Reader, referrals: readonly ReferralRow[], notice = ''): CardData {
  const { timezone } = reader.organisation.settings;
  const say = sayFor(reader.organisation);
  return {
    language: say.language,
    fallback: say('my-referrals.count', { count: referrals.length }),
    speak: say('my-referrals.headline'),
    ...exit(),
    notice,
    empty: referrals.length === 0 ? say('my-referrals.none') : '',
    referrals: referrals.map((referral) => ({
      label: `${referral.reference}: ${say(`status.${referral.status}`)}`,
      hint: say('my-referrals.open', {
        topic: titleOf(referral),
        department: referral.department_name,
        time: sayTime(say, timezone, referral.raised_at, reader.now),
      }),
      go: { reference: referral.reference },
    })),
  };
}

function titleOf(referral: ReferralRow): string {
  const asked: Asked = JSON.parse(referral.asked);
  return asked.title;
}
