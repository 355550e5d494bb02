import { makeStyles, Switch, Text, tokens, typographyStyles } from '@fluentui/react-components';
import { useSearchParams } from 'react-router';
import type { DutyBoard } from '../../web/desk/contract.ts';
import { useNow } from '../clock.ts';
import { useDesk } from '../desk.tsx';
import { PlaceCard } from '../parts/duty/place.tsx';
import { type Cover, coverOf } from '../parts/duty/words.ts';
import { OpenChat } from '../parts/open-chat.tsx';
import { Page } from '../parts/page.tsx';
import { Empty, Failure, Loading, Stale } from '../parts/states.tsx';
import { useDuty, useFailure } from '../queries.ts';

/** Who is on duty where, gaps first. */
export default function DutyPage() {
  const { organisation } = useDesk();
  const board = useDuty(organisation.id);
  const { data, error } = board;
  const failure = useFailure(board);
  return (
    <Page title="On duty">
      {data !== undefined && error !== null && <Stale error={error} />}
      {data !== undefined && <Board board={data} />}
      {data === undefined && failure === null && <Loading label="Loading who is on duty" />}
      {failure !== null && <Failure error={failure} retry={() => void board.refetch()} />}
    </Page>
  );
}

/** Gaps first. */
const COVERS: readonly Cover[] = ['nobody-now', 'gap-later', 'covered'];
const COVER_NAMES: Readonly<Record<Cover, string>> = {
  'nobody-now': 'Nobody now',
  'gap-later': 'Nobody later',
  covered: 'Covered',
};
/** What stands in the address while places without a gap are left out. */
const ONLY_GAPS = 'gaps';

const useStyles = makeStyles({
  above: { display: 'flex', flexWrap: 'wrap', alignItems: 'center', gap: tokens.spacingHorizontalL },
  words: { flexGrow: 1, flexBasis: '320px' },
  group: { display: 'grid', gap: tokens.spacingVerticalS },
  name: { ...typographyStyles.subtitle1, margin: 0 },
  places: {
    display: 'grid',
    gridTemplateColumns: 'repeat(auto-fill, minmax(min(100%, 300px), 1fr))',
    gap: tokens.spacingVerticalM,
    margin: 0,
    padding: 0,
    listStyleType: 'none',
  },
});

function Board({ board }: { readonly board: DutyBoard }) {
  const styles = useStyles();
  const [address, setAddress] = useSearchParams();
  const onlyGaps = address.has(ONLY_GAPS);
  const now = useNow();
  const groups = COVERS.filter((cover) => !onlyGaps || cover !== 'covered').map((cover) => ({
    cover,
    places: board.places.filter((place) => coverOf(place, now) === cover),
  }));
  const setOnlyGaps = (only: boolean): void =>
    setAddress(
      (earlier) => {
        const later = new URLSearchParams(earlier);
        if (only) later.set(ONLY_GAPS, 'yes');
        else later.delete(ONLY_GAPS);
        return later;
      },
      { replace: true },
    );
  return (
    <>
      <div className={styles.above}>
        <Text className={styles.words}>
          To go on duty, type “on duty” in the chat with Signpost. Where nobody is on duty, a referral goes to the next
          person at once.
        </Text>
        <Switch label="Show gaps only" checked={onlyGaps} onChange={(_, { checked }) => setOnlyGaps(checked)} />
      </div>
      {groups.every(({ places }) => places.length === 0) &&
        (onlyGaps ? (
          <Empty title="There are no gaps">Somebody is on duty everywhere, by day and by night.</Empty>
        ) : (
          <Empty title="Nobody can be on duty yet" action={<OpenChat />}>
            Whoever runs Signpost for your Trust sets the places where people go on duty.
          </Empty>
        ))}
      {groups
        .filter(({ places }) => places.length > 0)
        .map(({ cover, places }) => (
          <section key={cover} className={styles.group} aria-labelledby={cover}>
            <h2 id={cover} className={styles.name}>
              {COVER_NAMES[cover]} ({places.length})
            </h2>
            <ul className={styles.places}>
              {places.map((place) => (
                <li key={`${place.kind} ${place.id}`}>
                  <PlaceCard place={place} board={board} now={now} />
                </li>
              ))}
            </ul>
          </section>
        ))}
    </>
  );
}
