import { Button, MessageBar, MessageBarBody, MessageBarTitle, makeStyles, tokens } from '@fluentui/react-components';
import { Link20Regular, Print20Regular } from '@fluentui/react-icons';
import { type RefObject, useRef } from 'react';
import { Navigate, useLocation, useParams } from 'react-router';
import type { DeskOrganisation, Referral } from '../../web/desk/contract.ts';
import { CallError } from '../api.ts';
import { useNow } from '../clock.ts';
import { useDesk } from '../desk.tsx';
import { Page } from '../parts/page.tsx';
import { DeskRecord } from '../parts/referral/desk-record.tsx';
import { foretell } from '../parts/referral/foretell.ts';
import { useHome } from '../parts/referral/home.ts';
import { PrintedBy } from '../parts/referral/printed-by.tsx';
import { ReporterRecord } from '../parts/referral/reporter-record.tsx';
import { RouteLink } from '../parts/route-link.tsx';
import { Empty, Failure, Loading, wordsOf } from '../parts/states.tsx';
import { useActing, useGuidance, useReferral } from '../queries.ts';
import { linkTo } from '../trust.ts';
import { useWayBack } from '../way-back.ts';

const useStyles = makeStyles({
  tools: { display: 'flex', flexWrap: 'wrap', gap: tokens.spacingHorizontalS, '@media print': { display: 'none' } },
  ways: {
    display: 'flex',
    flexWrap: 'wrap',
    justifyContent: 'space-between',
    gap: tokens.spacingHorizontalL,
    '@media print': { display: 'none' },
  },
});

/** One referral: all that is known of it, and all that its reader can do with it. */
export default function ReferralPage() {
  const styles = useStyles();
  const { reference = '' } = useParams();
  const location = useLocation();
  const { host } = useDesk();
  const { data, error, refetch } = useReferral(reference);
  const headline = useRef<HTMLHeadingElement>(null);
  // Whoever may not read it any more must not see what is left of it.
  const isGone = error instanceof CallError && ['not-found', 'not-allowed'].includes(error.code);
  const referral = isGone ? undefined : data;
  const home = useHome(referral);
  // However the reference was typed, the referral has one address, and one place in this page's memory.
  if (referral !== undefined && referral.reference !== reference) {
    return (
      <Navigate
        to={{ ...location, pathname: `/referral/${encodeURIComponent(referral.reference)}` }}
        state={location.state}
        replace
      />
    );
  }
  return (
    <Page
      title={`Referral ${reference}`}
      actions={
        referral !== undefined && (
          <div className={styles.tools}>
            <Button
              icon={<Link20Regular />}
              onClick={() => host.shareLink(`/referral/${reference}`, `Referral ${reference}`)}
            >
              Copy link
            </Button>
            <Button icon={<Print20Regular />} onClick={() => window.print()}>
              Print
            </Button>
          </div>
        )
      }
    >
      <Ways home={home} showsList={!isGone} />
      {isGone && (
        <Empty title="This referral cannot be shown" action={<ToList home={home} />}>
          {wordsOf(error)}
        </Empty>
      )}
      {referral === undefined && error === null && <Loading lines={10} label="Loading the referral" />}
      {referral === undefined && error !== null && !isGone && <Failure error={error} retry={() => void refetch()} />}
      {referral !== undefined && error !== null && <OutOfDate words={wordsOf(error)} />}
      {referral !== undefined && <Record key={reference} referral={referral} headline={headline} />}
    </Page>
  );
}

type RecordProps = { readonly referral: Referral; readonly headline: RefObject<HTMLHeadingElement | null> };

/** The referral with what is on its way to the server. */
function Record({ referral: known, headline }: RecordProps) {
  const { me } = useDesk();
  const now = useNow();
  const acting = useActing(known.reference);
  const { referral, saving } =
    acting === undefined ? { referral: known, saving: null } : foretell(known, acting, me.name, now);
  const rest = { saving, headline, now };
  return (
    <>
      <PrintedBy referral={known} now={now} />
      {known.reader === 'desk' && referral.reader === 'desk' && (
        <DeskRecord referral={referral} known={known} {...rest} />
      )}
      {known.reader === 'reporter' && referral.reader === 'reporter' && (
        <ReporterRecord referral={referral} known={known} {...rest} />
      )}
    </>
  );
}

type HomeProps = { readonly home: DeskOrganisation };

/** Back to the list, and out to what to do in danger. */
function Ways({ home, showsList }: HomeProps & { readonly showsList: boolean }) {
  const styles = useStyles();
  const { me } = useDesk();
  const { data } = useGuidance(home.id);
  const danger = data?.flows.find((flow) => flow.danger);
  return (
    <div className={styles.ways}>
      {showsList && <ToList home={home} />}
      {danger !== undefined && (
        <RouteLink to={linkTo(`/topics/${danger.id}`, '', me, home)}>Someone is at risk now</RouteLink>
      )}
    </div>
  );
}

function ToList({ home }: HomeProps) {
  const { me } = useDesk();
  const from = useWayBack();
  const list = home.right === 'staff' ? '/mine' : '/register';
  return <RouteLink to={from ?? linkTo(list, '', me, home)}>Back to the list</RouteLink>;
}

function OutOfDate({ words }: { readonly words: string }) {
  return (
    <MessageBar intent="warning" layout="multiline" role="status">
      <MessageBarBody>
        <MessageBarTitle>This may have changed since</MessageBarTitle>
        {words}
      </MessageBarBody>
    </MessageBar>
  );
}
