import { createRoot } from 'react-dom/client';
import { createApi } from './api.ts';
import { App } from './app.tsx';
import { enterTeams } from './host.ts';
import { NotInTeams } from './not-in-teams.tsx';

const place = document.getElementById('root');
if (place === null) throw new Error('index.html has a place for the pages.');
const root = createRoot(place);

try {
  const host = await enterTeams();
  // A link from elsewhere leads to a view. After that the page keeps its own place, also when it is loaded again.
  if (host.view !== '' && location.hash === '') location.hash = host.view;
  root.render(<App host={host} api={createApi(host.token)} />);
  host.ready();
} catch {
  root.render(<NotInTeams />);
}
