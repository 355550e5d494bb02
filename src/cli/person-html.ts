import { isEmpty, type PersonMessage, type PersonRecord, type PersonReferral } from '../escalation/person-record.ts';
import { html, htmlPage } from './page-html.ts';

/** What is kept about one person, as one page that they can read. */
export function personDocument(kept: PersonRecord): string {
  const { about, madeAt, rules } = kept;
  const name = about.name === '' ? 'somebody whose name is not kept' : about.name;
  return htmlPage(
    `What Signpost keeps about ${name}`,
    `<h1>What Signpost keeps about ${html(name)}</h1>
${facts([
  ['Object id in Microsoft Entra', about.person],
  ['Tenant', about.tenant],
  ['Made', moment(madeAt)],
])}
<section class="summary"><h2>What is in this, and what is not</h2>
${list(rules.map(html))}
<p>Times are in UTC.</p></section>
${isEmpty(kept) ? '<p>Nothing else is kept about this person.</p>' : sections(kept).join('\n')}`,
  );
}

function sections({ account, duties, handovers, referrals, notices, teams, requests }: PersonRecord): string[] {
  return [
    account === null
      ? ''
      : section(
          'How the bot reaches them in Teams',
          facts([
            ['Name in Teams', account.name],
            ['Organisation that they chose', account.organisation ?? 'None'],
            ['Id in Teams', account.teams_id],
            ['Chat with the bot', account.conversation ?? 'None'],
            ['Address of Teams', account.service_url],
            ['Last kept', moment(account.updated_at)],
          ]),
        ),
    listed(
      'When they were on duty',
      duties.map(({ place, from, until, endedAt }) => `${place}: ${span(from, Math.min(until, endedAt ?? until))}`),
    ),
    listed(
      'Handing over',
      handovers.map(({ place, did, at, state }) => `${moment(at)}: ${did} for ${place} (${state})`),
    ),
    ...referrals.map(referralSection),
    listed('Other messages from the bot', notices.map(sayMessage)),
    listed('Teams that name them as an owner', teams),
    listed(
      'Earlier requests about them',
      requests.map(({ kind, at, reason }) => `${moment(at)}: ${kind}${reason === '' ? '' : `. ${reason}`}`),
    ),
  ];
}

const PARTS: Readonly<Record<PersonReferral['as'][number], string>> = {
  reporter: 'they raised it',
  owner: 'they took responsibility for it',
  told: 'it was sent to them',
  acted: 'they did something with it',
  named: 'they are named in its history',
};

function referralSection(referral: PersonReferral): string {
  const { form, words, leftOut, events, messages } = referral;
  const typed = words.map(
    ({ at, by, kind, text }) =>
      `${moment(at)}, ${kind}, by ${by}:<br>${text === null ? 'It cannot be read: its key is not at hand.' : html(text).replaceAll('\n', '<br>')}`,
  );
  return section(
    `Referral ${referral.reference}`,
    `${facts([
      ['Why it is here', referral.as.map((part) => PARTS[part]).join(', ')],
      ['Status', referral.status],
      ['Raised', moment(referral.raisedAt)],
      ...(referral.closedAt === null ? [] : [['Closed', moment(referral.closedAt)] as const]),
      ...(referral.forgottenAt === null ? [] : [['Words and names deleted', moment(referral.forgottenAt)] as const]),
      ['Where', referral.department],
      ...(form === null
        ? []
        : [
            ['About', form.topic] as const,
            ...form.answers.map(({ question, answer }) => [question, answer] as const),
            ['Safe to ring', form.safeToRing] as const,
            ['Already told', form.alreadyTold || 'Not said'] as const,
          ]),
    ])}
${typed.length === 0 ? '' : `<h3>What was typed</h3>${list(typed)}`}
${leftOut === 0 ? '' : `<p><strong>Left out: ${leftOut} ${leftOut === 1 ? 'text' : 'texts'} that others typed.</strong></p>`}
${events.length === 0 ? '' : `<h3>What happened</h3>${list(events.map(({ at, what, by }) => html(`${moment(at)}: ${what}, by ${by}`)))}`}
${messages.length === 0 ? '' : `<h3>Messages in their chat</h3>${list(messages.map(sayMessage).map(html))}`}`,
  );
}

function sayMessage({ role, state, created_at, delivered_at }: PersonMessage): string {
  return `${moment(created_at)}: ${role}, ${delivered_at === null ? state : `arrived ${moment(delivered_at)}`}`;
}

function section(title: string, body: string): string {
  return `<section class="long"><h2>${html(title)}</h2>\n${body}</section>`;
}

function listed(title: string, lines: readonly string[]): string {
  return lines.length === 0 ? '' : section(title, list(lines.map(html)));
}

/** @param lines HTML. */
function list(lines: readonly string[]): string {
  return `<ul>${lines.map((line) => `<li>${line}</li>`).join('\n')}</ul>`;
}

function facts(rows: readonly (readonly [string, string])[]): string {
  const cells = rows.map(([name, value]) => `<tr><th scope="row">${html(name)}</th><td>${html(value)}</td></tr>`);
  return `<table class="facts">${cells.join('\n')}</table>`;
}

function span(from: number, until: number): string {
  return `${moment(from)} to ${moment(until)}`;
}

/** "2026-11-27 14:05" */
function moment(at: number): string {
  return new Date(at).toISOString().slice(0, 16).replace('T', ' ');
}
