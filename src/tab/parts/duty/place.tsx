import { makeStyles, mergeClasses, Text, tokens, typographyStyles } from '@fluentui/react-components';
import { CheckmarkCircle20Filled, Clock20Filled, type FluentIcon, Warning20Filled } from '@fluentui/react-icons';
import type { DutyBoard } from '../../../web/desk/contract.ts';
import { useDesk } from '../../desk.tsx';
import { Bar } from './bar.tsx';
import { type Cover, coverInWords, coverOf, type Place, partsOf, shiftInWords } from './words.ts';

const useStyles = makeStyles({
  place: {
    display: 'flex',
    flexDirection: 'column',
    gap: tokens.spacingVerticalS,
    boxSizing: 'border-box',
    height: '100%',
    padding: tokens.spacingVerticalM,
    background: tokens.colorNeutralBackground1,
    border: `${tokens.strokeWidthThin} solid ${tokens.colorNeutralStroke2}`,
    borderRadius: tokens.borderRadiusMedium,
    overflowWrap: 'anywhere',
    breakInside: 'avoid',
  },
  head: { display: 'flex', alignItems: 'center', gap: tokens.spacingHorizontalS },
  name: { ...typographyStyles.subtitle2, margin: 0, flexGrow: 1 },
  sign: { flexShrink: 0 },
  'nobody-now': { color: tokens.colorPaletteRedForeground1 },
  'gap-later': { color: tokens.colorPaletteDarkOrangeForeground1 },
  covered: { color: tokens.colorPaletteGreenForeground1 },
  people: { margin: 0, padding: 0, listStyleType: 'none', flexGrow: 1 },
  quiet: { color: tokens.colorNeutralForeground2 },
  lines: { display: 'flex', flexDirection: 'column' },
});

const SIGNS: Readonly<Record<Cover, FluentIcon>> = {
  'nobody-now': Warning20Filled,
  'gap-later': Clock20Filled,
  covered: CheckmarkCircle20Filled,
};

type Props = { readonly place: Place; readonly board: DutyBoard; readonly now: number };

/** One ward, department or role: who is on duty there, and when nobody is. */
export function PlaceCard({ place, board, now }: Props) {
  const styles = useStyles();
  const { organisation } = useDesk();
  const cover = coverOf(place, now);
  const Sign = SIGNS[cover];
  const people = place.people.filter(({ until }) => until > now);
  return (
    <div className={styles.place}>
      <div className={styles.head}>
        <h3 className={styles.name}>{place.name}</h3>
        <Sign aria-hidden className={mergeClasses(styles.sign, styles[cover])} />
      </div>
      {!place.isTold && (
        <Text size={200} className={styles.quiet}>
          No referral is sent to those on duty here.
        </Text>
      )}
      {people.length === 0 ? (
        <Text weight="semibold" className={styles.people}>
          Nobody is on duty.
        </Text>
      ) : (
        <ul className={styles.people}>
          {people.map((person) => {
            const { who, when } = shiftInWords(person, now, organisation);
            return (
              <li key={`${person.name} ${person.from}`}>
                <Text weight="semibold">{who}</Text> {when}
              </li>
            );
          })}
        </ul>
      )}
      <div className={styles.lines}>
        {partsOf(board, now, organisation).map(({ name, within }) => (
          <Text key={name}>{coverInWords(name, place, within, now, organisation)}</Text>
        ))}
      </div>
      <Bar place={place} board={board} now={now} organisation={organisation} />
    </div>
  );
}
