import { Page } from '../parts/page.tsx';

export default function MinePage() {
  return <Page title="My referrals">Not here yet.</Page>;
}
