import { Page } from '../parts/page.tsx';

export default function ReferralPage() {
  return <Page title="Referral">Not here yet.</Page>;
}
