import { dutyPlaces } from '../../escalation/duties.ts';
import { sayTime } from '../../escalation/hours.ts';
import type { Actor } from '../../store/referrals.ts';
import type { DutyRow, HandoverRow } from '../../store/schema.ts';
import { sayFor } from '../../words/say.ts';
import type { CardData } from '../cards.ts';
import { exit, exitApart, type Reader } from './common.ts';
import { placeName } from './notices.ts';

type DutyFormNeeds = {
  /** What the reader is on duty for. */
  readonly duties: readonly DutyRow[];
  /** Whom they can ask to take over. */
  readonly colleagues: readonly Actor[];
  /** What they asked, and nobody has answered. */
  readonly asked: readonly HandoverRow[];
  readonly key: string;
  readonly draft: { readonly department: string; readonly until: string };
  readonly problems: readonly string[];
  readonly notice: string;
};

export function dutyForm(reader: Reader, form: DutyFormNeeds): CardData {
  const { organisation } = reader;
  const { settings } = organisation;
  const say = sayFor(organisation);
  const { duties, colleagues, asked, key, draft, problems, notice } = form;
  return {
    language: say.language,
    fallback: say('duty.fallback', { role: settings['on-duty-role'] }),
    speak: problems[0] ?? (notice || say('duty.headline')),
    ...exit(),
    notice,
    intro: say('duty.intro', { department: settings['department-word'] }),
    duties: duties.map((duty) => ({
      department: placeName(organisation, duty.department),
      until: say('duty.until-time', { time: sayTime(say, settings.timezone, duty.until_at, reader.now) }),
      off: { organisation: duty.organisation, department: duty.department },
    })),
    asked: asked.map((row) => ({
      text: say('duty.asked', { name: row.to_name, place: placeName(organisation, row.department) }),
    })),
    problems: problems.map((text) => ({ text })),
    departmentWord: settings['department-word'],
    departments: dutyPlaces(organisation).map(({ id, name }) => ({ id, name })),
    draft,
    on: { key },
    offAll: {},
    canHandOver: duties.length > 0 && colleagues.length > 0,
    mustWait: duties.length > 0 && colleagues.length === 0,
    colleagues: colleagues.map(({ person, name }) => ({ person, name })),
    handOvers: duties.map((duty) => ({
      title: say('duty.hand-over-place', { place: placeName(organisation, duty.department) }),
      go: { organisation: duty.organisation, department: duty.department },
    })),
  };
}

/** In a channel a card stays as it is for everybody: what it leads to comes as a message of its own, or not at all. */
export type BoardPlace = 'in a chat' | 'in a channel';

/** Who is on duty where, gaps first. */
export function dutyBoard(reader: Reader, rows: readonly DutyRow[], where: BoardPlace = 'in a chat'): CardData {
  const { organisation, now } = reader;
  const { settings } = organisation;
  const say = sayFor(organisation);
  const places = dutyPlaces(organisation).map((place) => ({
    name: place.name,
    people: rows
      .filter((row) => row.department === place.id)
      .map((row) => say('board.person', { name: row.name, time: sayTime(say, settings.timezone, row.until_at, now) })),
  }));
  const gaps = places.filter(({ people }) => people.length === 0);
  const covered = places.filter(({ people }) => people.length > 0);
  const headline = say('board.headline', {
    trust: settings['short-name'],
    time: sayTime(say, settings.timezone, now, now),
  });
  return {
    language: say.language,
    fallback: `${headline}\n${covered.map(({ name, people }) => `${name}: ${people.join('; ')}`).join('\n')}`,
    speak: headline,
    ...(where === 'in a chat' ? exit() : exitApart),
    inChat: where === 'in a chat',
    headline,
    gaps: gaps.map(({ name }) => name).join(', '),
    hasGaps: gaps.length > 0,
    gapsHeadline: say('board.gaps', { gaps: gaps.length, places: places.length }),
    covered: covered.map(({ name, people }) => ({ name, people: people.join('\n\n') })),
    nobody: covered.length === 0,
  };
}
