import { makeStyles, Text, tokens } from '@fluentui/react-components';
import type { DeskOrganisation, DutyBoard } from '../../../web/desk/contract.ts';
import { timeOfDay } from '../../words.ts';
import { gapsWithin, type Place } from './words.ts';

const useStyles = makeStyles({
  bar: {
    position: 'relative',
    height: '16px',
    background: tokens.colorBrandBackground,
    border: `${tokens.strokeWidthThin} solid ${tokens.colorNeutralStrokeAccessible}`,
    borderRadius: tokens.borderRadiusSmall,
    overflow: 'hidden',
    // The paper shows it too.
    printColorAdjust: 'exact',
  },
  gap: {
    position: 'absolute',
    insetBlock: 0,
    // Told from what is covered by its stripes, not by its colour alone.
    background: `repeating-linear-gradient(135deg, ${tokens.colorNeutralBackground1} 0 4px, ${tokens.colorNeutralStrokeAccessible} 4px 5px)`,
  },
  change: {
    position: 'absolute',
    insetBlock: 0,
    width: tokens.strokeWidthThick,
    background: tokens.colorNeutralForeground1,
    // Seen on what is filled and on what is striped.
    boxShadow: `0 0 0 ${tokens.strokeWidthThick} ${tokens.colorNeutralBackground1}`,
  },
  times: {
    position: 'relative',
    display: 'flex',
    justifyContent: 'space-between',
    color: tokens.colorNeutralForeground2,
  },
  middle: { position: 'absolute', transform: 'translateX(-50%)' },
});

type Props = {
  readonly place: Place;
  readonly board: Pick<DutyBoard, 'today' | 'tonight'>;
  readonly now: number;
  readonly organisation: DeskOrganisation;
};

/** From now to the end of the board: filled where somebody is on duty, striped where nobody is. The words say the same. */
export function Bar({ place, board: { today, tonight }, now, organisation }: Props) {
  const styles = useStyles();
  const until = Math.max(today.until, tonight.until);
  const from = Math.min(Math.max(now, Math.min(today.from, tonight.from)), until);
  const percent = (at: number): number => (100 * (at - from)) / Math.max(1, until - from);
  /** When the day becomes night, or the night day. */
  const change = Math.min(today.until, tonight.until);
  const middle = percent(change);
  return (
    <div aria-hidden>
      <div className={styles.bar}>
        {gapsWithin(place, { from, until }).map((gap) => (
          <div
            key={gap.from}
            className={styles.gap}
            style={{ left: `${percent(gap.from)}%`, width: `${percent(gap.until) - percent(gap.from)}%` }}
          />
        ))}
        {middle > 0 && <div className={styles.change} style={{ left: `${middle}%` }} />}
      </div>
      <div className={styles.times}>
        <Text size={200}>Now</Text>
        {middle > LEAST_ROOM && middle < 100 - LEAST_ROOM && (
          <Text size={200} className={styles.middle} style={{ left: `${middle}%` }}>
            {timeOfDay(change, organisation)}
          </Text>
        )}
        <Text size={200}>{timeOfDay(until, organisation)}</Text>
      </div>
    </div>
  );
}

/** How far a time must stand from the ends of the bar to be read beside theirs, in percent. */
const LEAST_ROOM = 18;
