import { Button, makeStyles, Subtitle2, tokens } from '@fluentui/react-components';
import { ChevronDown20Regular, ChevronUp20Regular, Link20Regular } from '@fluentui/react-icons';
import { useEffect, useRef, useState } from 'react';
import { useLocation, useNavigate, useParams, useSearchParams } from 'react-router';
import type { FlowView } from '../../web/desk/contract.ts';
import { useToday } from '../clock.ts';
import { useDesk } from '../desk.tsx';
import { Answer } from '../parts/guidance/answer.tsx';
import { Ask, GivenAnswers, WayBack } from '../parts/guidance/asking.tsx';
import { Diagram } from '../parts/guidance/diagram.tsx';
import { Source } from '../parts/guidance/policy.tsx';
import { follow, optionsIn, walkQuery } from '../parts/guidance/walk.ts';
import { Ways } from '../parts/guidance/ways.tsx';
import { Page } from '../parts/page.tsx';
import { RouteLink } from '../parts/route-link.tsx';
import { Failure, Loading } from '../parts/states.tsx';
import { WayOut } from '../parts/way-out.tsx';
import { useFlow, useGuidance } from '../queries.ts';
import { linkTo } from '../trust.ts';

const useStyles = makeStyles({
  columns: {
    display: 'grid',
    gridTemplateColumns: 'minmax(0, 2fr) minmax(0, 3fr)',
    alignItems: 'start',
    gap: tokens.spacingHorizontalXXL,
    '@media (max-width: 900px)': { gridTemplateColumns: 'minmax(0, 1fr)', rowGap: tokens.spacingVerticalXL },
  },
  column: { display: 'flex', flexDirection: 'column', gap: tokens.spacingVerticalM },
  heading: { margin: 0 },
});

/** One topic, to be walked, and seen as a whole. */
export default function FlowPage() {
  const { organisation } = useDesk();
  const { flow: id = '' } = useParams();
  const topics = useTopics();
  const flow = useFlow(organisation.id, id);
  if (flow.data !== undefined) return <Topic key={id} flow={flow.data} />;
  return (
    <Page title="Topic">
      {flow.error === null ? (
        <Loading label="Opening the topic" />
      ) : (
        <>
          <Failure error={flow.error} retry={() => void flow.refetch()} />
          <RouteLink to={topics}>All topics</RouteLink>
        </>
      )}
    </Page>
  );
}

/** The list that this topic was opened from: staff have a list of topics, and the team the guidance. */
function useTopics(): string {
  return useLocation().pathname.startsWith('/topics') ? '/topics' : '/guidance';
}

function Topic({ flow }: { readonly flow: FlowView }) {
  const styles = useStyles();
  const topics = useTopics();
  const { host, me, organisation } = useDesk();
  const today = useToday(organisation);
  const guidance = useGuidance(organisation.id);
  const navigate = useNavigate();
  const [search] = useSearchParams();
  const options = optionsIn(flow, search);
  const { given, at } = follow(flow, options);
  const chosen = given.map(({ option }) => option.option);
  const topic = `${topics}/${flow.id}`;
  const addressOf = (walk: readonly string[]): string => linkTo(topic, walkQuery(walk), me, organisation);
  const go = (walk: readonly string[]): void => void navigate(addressOf(walk));

  const heading = useRef<HTMLHeadingElement>(null);
  const shown = useRef(at.id);
  useEffect(() => {
    // When the page opens, its title has the focus. After that, each next question and the answer take it.
    if (shown.current !== at.id) heading.current?.focus();
    shown.current = at.id;
  }, [at.id]);

  return (
    <Page
      title={flow.title}
      actions={
        <>
          <WayOut topics={topics} flow={flow.id} />
          <Button icon={<Link20Regular />} onClick={() => host.shareLink(addressOf(chosen), flow.title)}>
            Copy link
          </Button>
        </>
      }
    >
      <RouteLink to={topics}>All topics</RouteLink>
      <div className={styles.columns}>
        <div className={styles.column}>
          <GivenAnswers given={given} change={(index) => go(chosen.slice(0, index))} />
          {at.kind === 'question' && (
            <Ask question={at.question} heading={heading} choose={(option) => go([...chosen, option])} />
          )}
          {at.kind === 'outcome' && <Answer key={at.id} outcome={at.outcome} heading={heading} />}
          {at.kind === 'outcome' && guidance.data !== undefined && <Source guidance={guidance.data} today={today} />}
          {given.length > 0 && <WayBack back={() => go(chosen.slice(0, -1))} restart={() => go([])} />}
        </div>
        <Whole
          flow={flow}
          topic={topic}
          here={at.id}
          passed={given.map(({ id }) => id)}
          startsOpen={organisation.right === 'team'}
        />
      </div>
    </Page>
  );
}

type WholeProps = {
  readonly flow: FlowView;
  readonly topic: string;
  readonly here: string;
  readonly passed: readonly string[];
  /** The team answers for all of it. Who only needs an answer can do without. */
  readonly startsOpen: boolean;
};

/** The topic as a diagram, and every way through it in words. */
function Whole({ flow, topic, here, passed, startsOpen }: WholeProps) {
  const styles = useStyles();
  const [open, setOpen] = useState(startsOpen);
  return (
    <div className={styles.column}>
      {!startsOpen && (
        <div>
          <Button
            appearance="subtle"
            icon={open ? <ChevronUp20Regular /> : <ChevronDown20Regular />}
            iconPosition="after"
            aria-expanded={open}
            onClick={() => setOpen(!open)}
          >
            See the whole topic
          </Button>
        </div>
      )}
      {open && (
        <>
          <Subtitle2 as="h2" className={styles.heading}>
            The whole topic
          </Subtitle2>
          <Diagram flow={flow} here={here} passed={passed} />
          <Subtitle2 as="h2" className={styles.heading}>
            Every way through ({flow.paths.length})
          </Subtitle2>
          <Ways topic={topic} paths={flow.paths} />
        </>
      )}
    </div>
  );
}
