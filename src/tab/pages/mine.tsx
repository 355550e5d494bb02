import { makeStyles } from '@fluentui/react-components';
import { useDesk } from '../desk.tsx';
import { OpenChat } from '../parts/open-chat.tsx';
import { Page } from '../parts/page.tsx';
import { MyCard } from '../parts/register/cards.tsx';
import { ReferralList } from '../parts/register/referral-list.tsx';
import { useList } from '../parts/register/use-list.ts';
import { Empty, Failure, Loading, Stale } from '../parts/states.tsx';
import { WayOut } from '../parts/way-out.tsx';

// Lines of a readable length.
const useStyles = makeStyles({ list: { maxWidth: '800px' } });

/** What the reader raised, with what nobody has acknowledged on top. */
export default function MinePage() {
  const { organisation } = useDesk();
  return <Mine key={organisation.id} organisation={organisation.id} />;
}

function Mine({ organisation }: { readonly organisation: string }) {
  const list = useList({ organisation, list: 'mine' });
  const { rows } = list;
  const { me } = useDesk();
  const styles = useStyles();
  return (
    <Page
      title="My referrals"
      keepsFocus={list.begin !== undefined}
      actions={
        <>
          <WayOut topics="/topics" />
          {rows !== undefined && rows.length > 0 && me.chat !== null && <OpenChat />}
        </>
      }
    >
      {list.stale !== null && <Stale error={list.stale} />}
      {list.failure !== null && <Failure error={list.failure} retry={list.retry} />}
      {rows === undefined && list.failure === null && <Loading label="Loading your referrals" />}
      {rows?.length === 0 && (
        <Empty title="You have raised nothing yet" action={<OpenChat />}>
          To raise a concern, tell Signpost in your chat with it. What you raise then appears here, with who has it.
        </Empty>
      )}
      {rows !== undefined && rows.length > 0 && (
        <div className={styles.list}>
          <ReferralList
            as="cards"
            name="My referrals"
            rows={rows}
            total={list.first?.total ?? undefined}
            now={list.now}
            isNew={() => false}
            more={list.more}
            begin={list.begin}
            Card={MyCard}
          />
        </div>
      )}
    </Page>
  );
}
