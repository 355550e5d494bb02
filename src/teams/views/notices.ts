import type { Clock } from '../../escalation/clock.ts';
import { dutyPlaces } from '../../escalation/duties.ts';
import { sayTime, timeOfDay } from '../../escalation/hours.ts';
import type { Guidance, Organisation } from '../../guidance/types.ts';
import { findHandover } from '../../store/duty.ts';
import type { CardRow } from '../../store/schema.ts';
import type { Store } from '../../store/store.ts';
import { sayFor } from '../../words/say.ts';
import type { CardData } from '../cards.ts';
import { exit } from './common.ts';

type Needs = { readonly guidance: () => Guidance; readonly clock: Clock; readonly store: Store };

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
    };

type View = {
  readonly headline: string;
  readonly lines: readonly string[];
  /** The hand-over that can be answered here, and until when it would be. */
  readonly handover?: { readonly id: string; readonly until: string };
  readonly canOpenDuty?: boolean;
};

/** The card of a message that is about no referral. */
export async function noticeView(needs: Needs, card: Pick<CardRow, 'details'>): Promise<CardData> {
  return draw(await viewOf(needs, JSON.parse(card.details)));
}

/** A notice that was answered: the same words, and no button that would do it again. */
export function answeredNotice(headline: string, lines: readonly string[]): CardData {
  return draw({ headline, lines });
}

function draw({ headline, lines, handover, canOpenDuty = false }: View): CardData {
  return {
    fallback: `${headline}\n${lines.join('\n')}`,
    speak: headline,
    ...exit(),
    headline,
    lines: lines.map((text) => ({ text })),
    canAnswer: handover !== undefined,
    until: handover?.until ?? '',
    answer: { handover: handover?.id ?? '' },
    canOpenDuty,
  };
}

async function viewOf(needs: Needs, notice: Notice): Promise<View> {
  switch (notice.notice) {
    case 'duty-ends': {
      const organisation = organisationOf(needs, notice.organisation);
      const until = sayTime(sayFor(organisation), organisation.settings.timezone, notice.until, needs.clock.now());
      const { open } = notice;
      return {
        headline: `Your duty for ${placeName(organisation, notice.department)} ends at ${until}`,
        lines: [
          open.length === 1
            ? `One referral is still open: ${open[0]}.`
            : `${open.length} referrals are still open: ${open.join(', ')}.`,
          'Hand over before you go, or stay on longer.',
        ],
        canOpenDuty: true,
      };
    }
    case 'take-over':
    case 'take-over-accepted':
    case 'take-over-declined':
      return handoverView(needs, notice);
    case 'no-channel':
      return {
        headline: `There is no channel “${notice.name}”`,
        lines: [
          `Referrals from ${organisationOf(needs, notice.organisation).settings.name} cannot be posted until it is there. It may have been renamed or deleted.`,
          `Make a channel with exactly that name, or give it that name again. What is open is posted there at once.`,
          'Until then staff are told that the channel could not be reached, and whom to ring.',
        ],
      };
    case 'removed':
      return {
        headline: `Signpost was removed from the team “${notice.name}”`,
        lines: [
          `Referrals from ${organisationOf(needs, notice.organisation).settings.name} are not posted there any more.`,
          'Add Signpost to the team again. What is open is posted at once.',
          'Until then staff are told that the channel could not be reached, and whom to ring.',
        ],
      };
    case 'channel-unreachable':
      return {
        headline: `Teams refused a referral for the channel “${notice.name}”`,
        lines: [
          `Referrals from ${organisationOf(needs, notice.organisation).settings.name} do not arrive there. The channel may have been deleted, or Signpost removed from the team.`,
          'Put it back, or add Signpost to the team again. What is open is posted at once.',
          'Until then staff are told that the channel could not be reached, and whom to ring.',
        ],
      };
  }
}

async function handoverView(
  needs: Needs,
  { notice, handover: id }: Extract<Notice, { handover: string }>,
): Promise<View> {
  const handover = await findHandover(needs.store.db, id);
  if (handover === undefined) throw new Error('There is no such hand-over.');
  const organisation = organisationOf(needs, handover.organisation);
  const place = placeName(organisation, handover.department);
  const { timezone } = organisation.settings;
  switch (notice) {
    case 'take-over': {
      const until = sayTime(sayFor(organisation), timezone, handover.until_at, needs.clock.now());
      return {
        headline: `${handover.from_name} asks you to take over ${place}`,
        lines: [
          `They are on duty there until ${until}. Until you accept, they still are.`,
          'What nobody has acknowledged there comes to you when you accept.',
        ],
        handover: { id, until: timeOfDay(timezone, handover.until_at) },
      };
    }
    case 'take-over-accepted':
      return {
        headline: `${handover.to_name} has taken over ${place}`,
        lines: ['You are off duty there. What you have acknowledged stays yours: hand it over on its own card.'],
      };
    case 'take-over-declined':
      return {
        headline: `${handover.to_name} cannot take over ${place}`,
        lines: ['You are still on duty there. Ask somebody else.'],
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
