import { useState } from 'react';
import type { Host } from '../host.ts';
import { Page } from '../parts/page.tsx';

/** What Teams shows in the window that adds the tab to a channel. There is nothing to choose. */
export default function ConfigPage({ host }: { readonly host: Host }) {
  const [isOffered] = useState(() => host.offerTab());
  return (
    <Page title="Add Signpost to this channel">
      {isOffered ? (
        <p>
          Press Save. The safeguarding team then works its referrals in this tab. Each person sees only what they may
          see, whoever else is in the channel.
        </p>
      ) : (
        <p>To add the tab, go to a channel of your team in Teams, choose + beside its tabs, and then Signpost.</p>
      )}
    </Page>
  );
}
