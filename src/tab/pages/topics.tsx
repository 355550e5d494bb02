import { Page } from '../parts/page.tsx';

export default function TopicsPage() {
  return <Page title="Topics">Not here yet.</Page>;
}
