import { Badge, makeStyles, Subtitle2, Text, tokens } from '@fluentui/react-components';
import { Warning16Filled } from '@fluentui/react-icons';
import type { GuidanceList } from '../../../web/desk/contract.ts';
import { RouteLink } from '../route-link.tsx';
import { Empty } from '../states.tsx';

const useStyles = makeStyles({
  groups: { display: 'flex', flexDirection: 'column', gap: tokens.spacingVerticalL },
  heading: { margin: 0, marginBottom: tokens.spacingVerticalS },
  list: { margin: 0, padding: 0, listStyleType: 'none' },
  topic: {
    display: 'flex',
    flexWrap: 'wrap',
    alignItems: 'baseline',
    justifyContent: 'space-between',
    gap: `0 ${tokens.spacingHorizontalL}`,
    paddingBlock: tokens.spacingVerticalS,
    borderBottom: `${tokens.strokeWidthThin} solid ${tokens.colorNeutralStroke2}`,
  },
  title: { display: 'flex', flexWrap: 'wrap', alignItems: 'center', gap: tokens.spacingHorizontalS },
  amounts: { color: tokens.colorNeutralForeground3 },
});

type Topic = GuidanceList['flows'][number];
type Props = {
  readonly guidance: GuidanceList;
  /** In small letters. */
  readonly sought: string;
};

/** Every topic under its group, what is for danger first. */
export function TopicList({ guidance: { groups, flows }, sought }: Props) {
  const styles = useStyles();
  const found = flows.filter(({ title }) => title.toLowerCase().includes(sought));
  // The topics come with the one for danger first, and so does its group.
  const order = [
    ...new Set(found.filter(({ danger }) => danger).map(({ group }) => group)),
    ...groups.map(({ id }) => id),
  ];
  const shown = [...new Set(order)].flatMap((id) => groups.find((group) => group.id === id) ?? []);
  if (found.length === 0) return <Empty title="No topic has these words">Try fewer or other words.</Empty>;
  return (
    <div className={styles.groups}>
      {shown.map(({ id, name }) => (
        <Group key={id} name={name} topics={found.filter(({ group }) => group === id)} />
      ))}
    </div>
  );
}

function Group({ name, topics }: { readonly name: string; readonly topics: readonly Topic[] }) {
  const styles = useStyles();
  if (topics.length === 0) return null;
  return (
    <section>
      <Subtitle2 as="h2" block className={styles.heading}>
        {name}
      </Subtitle2>
      <ul className={styles.list}>
        {topics.map(({ id, title, danger, paths, outcomes }) => (
          <li key={id} className={styles.topic}>
            <span className={styles.title}>
              <RouteLink to={`/guidance/${id}`}>{title}</RouteLink>
              {danger && (
                <Badge shape="rounded" color="danger" appearance="tint" icon={<Warning16Filled />}>
                  Danger
                </Badge>
              )}
            </span>
            <Text size={200} className={styles.amounts}>
              {amount(paths, 'way', 'ways')} through, {amount(outcomes, 'answer', 'answers')}
            </Text>
          </li>
        ))}
      </ul>
    </section>
  );
}

function amount(number: number, one: string, many: string): string {
  return `${number} ${number === 1 ? one : many}`;
}
