import { Page } from '../parts/page.tsx';

export default function GuidancePage() {
  return <Page title="Guidance">Not here yet.</Page>;
}
