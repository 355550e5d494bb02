import { Page } from '../parts/page.tsx';

export default function DutyPage() {
  return <Page title="On duty">Not here yet.</Page>;
}
