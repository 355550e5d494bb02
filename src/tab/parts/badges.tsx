import { Badge, makeStyles, tokens } from '@fluentui/react-components';
import {
  ArrowUndo16Filled,
  Chat16Filled,
  Clock16Filled,
  ErrorCircle16Filled,
  EyeOff16Filled,
  Flash16Filled,
  type FluentIcon,
  Info16Filled,
  Warning16Filled,
} from '@fluentui/react-icons';
import type { Flag, RegisterRow } from '../../web/desk/contract.ts';
import { FLAG_NAMES, URGENCY_NAMES } from '../words.ts';

/** Marks of a referral. Each says in words and by its shape what it says by its colour. */

type Look = Pick<React.ComponentProps<typeof Badge>, 'appearance' | 'color'>;

const URGENCY_LOOKS: Readonly<Record<RegisterRow['urgency'], Look & { readonly icon?: React.ReactElement }>> = {
  immediate: { appearance: 'filled', color: 'danger', icon: <Flash16Filled /> },
  urgent: { appearance: 'tint', color: 'warning', icon: <Warning16Filled /> },
  routine: { appearance: 'outline', color: 'informative' },
};

export function UrgencyBadge({ urgency }: Pick<RegisterRow, 'urgency'>) {
  return (
    <Badge shape="rounded" size="large" {...URGENCY_LOOKS[urgency]}>
      {URGENCY_NAMES[urgency]}
    </Badge>
  );
}

const FLAG_ICONS: Readonly<Record<Flag, FluentIcon>> = {
  unanswered: Clock16Filled,
  'not-delivered': ErrorCircle16Filled,
  reminded: Info16Filled,
  withdraw: ArrowUndo16Filled,
  question: Chat16Filled,
  'take-care': EyeOff16Filled,
};

const GRAVE: readonly Flag[] = ['unanswered', 'not-delivered'];

const useStyles = makeStyles({
  flags: {
    display: 'flex',
    flexWrap: 'wrap',
    gap: tokens.spacingHorizontalXS,
    margin: 0,
    padding: 0,
    listStyleType: 'none',
  },
  // Words that do not fit a line go on below it.
  flag: { height: 'auto', whiteSpace: 'normal', textAlign: 'start' },
});

type FlagsProps = {
  readonly flags: readonly Flag[];
  /** The names of the flags, where the reader is not of the team. */
  readonly names?: Readonly<Record<Flag, string>>;
  /** It arrived while the list was open. */
  readonly isNew?: boolean;
};

/** What a reader must not overlook. */
export function Flags({ flags, names = FLAG_NAMES, isNew = false }: FlagsProps) {
  const styles = useStyles();
  if (flags.length === 0 && !isNew) return null;
  return (
    <ul className={styles.flags}>
      {isNew && (
        <li>
          <Badge shape="rounded" appearance="filled" color="brand">
            New
          </Badge>
        </li>
      )}
      {flags.map((flag) => {
        const Icon = FLAG_ICONS[flag];
        const look: Look = GRAVE.includes(flag)
          ? { appearance: 'tint', color: 'danger' }
          : { appearance: 'outline', color: 'informative' };
        return (
          <li key={flag}>
            <Badge shape="rounded" className={styles.flag} icon={<Icon />} {...look}>
              {names[flag]}
            </Badge>
          </li>
        );
      })}
    </ul>
  );
}
