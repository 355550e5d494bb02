import type { Clock } from '../../escalation/clock.ts';
import { dutyPlaces } from '../../escalation/duties.ts';
import { sayTime, timeOfDay } from '../../escalation/hours.ts';
import type { NameNotice } from '../../escalation/names.ts';
import type { Guidance, Organisation } from '../../guidance/types.ts';
import { findHandover } from '../../store/duty.ts';
import type { CardRow } from '../../store/schema.ts';
import type { Store } from '../../store/store.ts';
import { type Say, sayFor } from '../../words/say.ts';
import type { CardData } from '../cards.ts';
import { exit } from './common.ts';

type Needs = {
  readonly guidance: () => Guidance;
  readonly clock: Clock;
  readonly store: Store;
  /** The address of a view of the desk; undefined where none would open there. */
  readonly deskAt: (view: string) => string | undefined;
};

/** What a notice is about, as its card keeps it. */
export type Notice =
  | {
      readonly notice: 'duty-ends';
      readonly organisation: string;
      readonly department: string;
      readonly until: number;
      /** References of what is open. */
      readonly open: readonly string[];
    }
  | { readonly notice: 'take-over' | 'take-over-accepted' | 'take-over-declined'; readonly handover: string }
  | {
      readonly notice: 'no-channel' | 'channel-unreachable' | 'removed';
      readonly organisation: string;
      readonly name: string;
    }
  | NameNotice;

type View = {
  readonly say: Say;
  readonly headline: string;
  readonly lines: readonly string[];
  /** The hand-over that can be answered here, and until when it would be. */
  readonly handover?: { readonly id: string; readonly until: string };
  readonly canOpenDuty?: boolean;
  /** The view of the desk that it leads to. */
  readonly desk?: string | undefined;
};

/** The card of a message that is about no referral. */
export async function noticeView(needs: Needs, card: Pick<CardRow, 'details'>): Promise<CardData> {
  return draw(await viewOf(needs, JSON.parse(card.details)));
}

/** A notice that was answered: the same words, and no button that would do it again. */
export function answeredNotice(say: Say, headline: string, lines: readonly string[]): CardData {
  return draw({ say, headline, lines });
}

function draw({ say, headline, lines, handover, canOpenDuty = false, desk = '' }: View): CardData {
  return {
    language: say.language,
    fallback: `${headline}\n${lines.join('\n')}`,
    speak: headline,
    ...exit(),
    headline,
    lines: lines.map((text) => ({ text })),
    canAnswer: handover !== undefined,
    until: handover?.until ?? '',
    answer: { handover: handover?.id ?? '' },
    canOpenDuty,
    desk,
  };
}

async function viewOf(needs: Needs, notice: Notice): Promise<View> {
  switch (notice.notice) {
    case 'duty-ends': {
      const organisation = organisationOf(needs, notice.organisation);
      const say = sayFor(organisation);
      const until = sayTime(say, organisation.settings.timezone, notice.until, needs.clock.now());
      const { open } = notice;
      return {
        say,
        headline: say('duty-ends.headline', { place: placeName(organisation, notice.department), until }),
        lines: [
          say('duty-ends.still-open', { count: open.length, references: open.join(', ') }),
          say('duty-ends.hand-over'),
        ],
        canOpenDuty: true,
      };
    }
    case 'take-over':
    case 'take-over-accepted':
    case 'take-over-declined':
      return handoverView(needs, notice);
    case 'name-asked':
    case 'name-agreed':
    case 'name-refused': {
      const { organisation, reference, by } = notice;
      const say = sayFor(organisationOf(needs, organisation));
      return {
        say,
        headline: say(`name-notice.${notice.notice}`, { by }),
        lines: [say(`name-notice.${notice.notice}-means`, { by, reference })],
        desk: needs.deskAt(`/referral/${reference}`),
      };
    }
    case 'no-channel':
    case 'removed':
    case 'channel-unreachable': {
      const organisation = organisationOf(needs, notice.organisation);
      const say = sayFor(organisation);
      return {
        say,
        headline: say(`trouble.${notice.notice}`, { name: notice.name }),
        lines: [
          say(`trouble.${notice.notice}-means`, { trust: organisation.settings.name }),
          say(`trouble.${notice.notice}-mend`),
          say('channel.until-then'),
        ],
      };
    }
  }
}

async function handoverView(
  needs: Needs,
  { notice, handover: id }: Extract<Notice, { handover: string }>,
): Promise<View> {
  const handover = await findHandover(needs.store.db, id);
  if (handover === undefined) throw new Error('There is no such hand-over.');
  const organisation = organisationOf(needs, handover.organisation);
  const say = sayFor(organisation);
  const place = placeName(organisation, handover.department);
  const { from_name: from, to_name: to } = handover;
  const { timezone } = organisation.settings;
  switch (notice) {
    case 'take-over': {
      const until = sayTime(say, timezone, handover.until_at, needs.clock.now());
      return {
        say,
        headline: say('take-over.asks', { from, place }),
        lines: [say('take-over.until', { until }), say('take-over.comes-to-you')],
        handover: { id, until: timeOfDay(timezone, handover.until_at) },
      };
    }
    case 'take-over-accepted':
      return { say, headline: say('take-over.has-taken', { to, place }), lines: [say('take-over.you-are-off')] };
    case 'take-over-declined':
      return {
        say,
        headline: say('take-over.cannot', { to, place }),
        lines: [say('take-over.still-on')],
        canOpenDuty: true,
      };
  }
}

function organisationOf({ guidance }: Needs, id: string): Organisation {
  const organisation = guidance().get(id);
  if (organisation === undefined) throw new Error(`There is no organisation ${id} any more.`);
  return organisation;
}

export function placeName(organisation: Organisation, id: string): string {
  return dutyPlaces(organisation).find((place) => place.id === id)?.name ?? id;
}
