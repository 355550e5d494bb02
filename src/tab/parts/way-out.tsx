import { Button } from '@fluentui/react-components';
import { Warning20Filled } from '@fluentui/react-icons';
import { useDesk } from '../desk.tsx';
import { useGuidance } from '../queries.ts';
import { useAddress } from './route-link.tsx';

type Props = {
  /** Where topics are: `/topics` or `/guidance`. */
  readonly topics: string;
  /** The topic that is shown, if one is. */
  readonly flow?: string;
};

/** "Someone is at risk now", from everywhere but that topic. */
export function WayOut({ topics, flow }: Props) {
  const { organisation } = useDesk();
  const guidance = useGuidance(organisation.id);
  const danger = guidance.data?.flows.find((candidate) => candidate.danger);
  const href = useAddress(`${topics}/${danger?.id}`);
  if (danger === undefined || danger.id === flow) return null;
  return (
    <Button as="a" href={href} icon={<Warning20Filled />}>
      {danger.title}
    </Button>
  );
}
