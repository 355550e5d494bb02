import { makeStyles, Subtitle2, Text, tokens } from '@fluentui/react-components';
import { memo } from 'react';
import type { GuidancePaths } from '../../../web/desk/contract.ts';
import { useDesk } from '../../desk.tsx';
import { usePaths } from '../../queries.ts';
import { VERDICT_NAMES } from '../../words.ts';
import { Empty, Failure, Loading } from '../states.tsx';
import type { Path } from './walk.ts';
import { Ways } from './ways.tsx';

const useStyles = makeStyles({
  amount: { color: tokens.colorNeutralForeground2 },
  heading: { margin: 0, marginTop: tokens.spacingVerticalL },
});

/** Every way through every topic, topic by topic. */
export function AllPaths({ sought }: { readonly sought: string }) {
  const { organisation } = useDesk();
  const paths = usePaths(organisation.id);
  if (paths.data !== undefined) return <Found flows={paths.data.flows} sought={sought} />;
  return paths.error === null ? (
    <Loading label="Opening the paths" lines={8} />
  ) : (
    <Failure error={paths.error} retry={() => void paths.refetch()} />
  );
}

type FoundProps = { readonly flows: GuidancePaths['flows']; readonly sought: string };

/** Drawn again only when something else is sought: there are hundreds. */
const Found = memo(function Found({ flows, sought }: FoundProps) {
  const styles = useStyles();
  const found = flows.map((flow) => ({
    ...flow,
    paths: flow.paths.filter((path) => wordsIn(flow.title, path).toLowerCase().includes(sought)),
  }));
  const total = (list: GuidancePaths['flows']): number => list.reduce((sum, { paths }) => sum + paths.length, 0);
  return (
    <>
      <Text className={styles.amount} aria-live="polite">
        {total(found)} of {total(flows)} ways through {flows.length} topics
      </Text>
      {total(found) === 0 && <Empty title="No path has these words">Try fewer or other words.</Empty>}
      {found.map(
        ({ id, title, paths }) =>
          paths.length > 0 && (
            <section key={id}>
              <Subtitle2 as="h2" block className={styles.heading}>
                {title}
              </Subtitle2>
              <Ways topic={`/guidance/${id}`} paths={paths} />
            </section>
          ),
      )}
    </>
  );
});

function wordsIn(title: string, { answers, headline, outcome, verdict, clauses }: Path): string {
  const answered = answers.map(({ question, answer }) => `${question}: ${answer}`);
  return [title, ...answered, headline, outcome, VERDICT_NAMES[verdict], ...clauses].join(' ');
}
