import { makeStyles, Text, tokens } from '@fluentui/react-components';
import { RouteLink } from '../route-link.tsx';
import { VerdictBadge } from './verdict.tsx';
import { type Path, walkQuery } from './walk.ts';

const useStyles = makeStyles({
  list: { margin: 0, padding: 0, listStyleType: 'none', display: 'flex', flexDirection: 'column' },
  way: {
    display: 'flex',
    flexDirection: 'column',
    gap: tokens.spacingVerticalXS,
    paddingBlock: tokens.spacingVerticalS,
    borderBottom: `${tokens.strokeWidthThin} solid ${tokens.colorNeutralStroke2}`,
    ':last-child': { borderBottomStyle: 'none' },
  },
  answer: { display: 'flex', flexWrap: 'wrap', alignItems: 'center', gap: tokens.spacingHorizontalS },
  clauses: { color: tokens.colorNeutralForeground3 },
});

type Props = {
  /** Where the topic is walked, such as `/guidance/filming-on-the-ward`. */
  readonly topic: string;
  readonly paths: readonly Path[];
};

/** Ways through a topic, each with what was answered, what it comes to, and the clauses behind that. */
export function Ways({ topic, paths }: Props) {
  const styles = useStyles();
  return (
    <ol className={styles.list}>
      {paths.map((path) => (
        <li key={path.options.join(' ')} className={styles.way}>
          <Text>{sayAnswers(path)}</Text>
          <div className={styles.answer}>
            <VerdictBadge verdict={path.verdict} />
            <RouteLink to={`${topic}${walkQuery(path.options)}`}>{path.headline}</RouteLink>
          </div>
          <Text size={200} className={styles.clauses}>
            {path.clauses.length === 0 ? 'No clause: the policy does not say.' : path.clauses.join(', ')}
          </Text>
        </li>
      ))}
    </ol>
  );
}

/** "Danger: No. Who: A visitor." */
function sayAnswers({ answers }: Path): string {
  if (answers.length === 0) return 'No question is asked.';
  return answers.map(({ question, answer }) => `${question}: ${answer}`).join(' › ');
}
