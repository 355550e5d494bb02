import { Page } from '../parts/page.tsx';

export default function RegisterPage() {
  return <Page title="Register">Not here yet.</Page>;
}
