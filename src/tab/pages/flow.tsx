import { Page } from '../parts/page.tsx';

export default function FlowPage() {
  return <Page title="Topic">Not here yet.</Page>;
}
