import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Graphviz } from '@hpcc-js/wasm-graphviz';
import MarkdownIt from 'markdown-it';
import { parse, stringify } from 'yaml';
import { type Coverage, coverageOf, pathLine, pathsOf } from '../guidance/coverage.ts';
import { diagram } from '../guidance/diagram.ts';
import { SIGN_OFF } from '../guidance/load.ts';
import { citationsIn } from '../guidance/outcome.ts';
import { type Flow, type Organisation, type Outcome, SignOffFile } from '../guidance/types.ts';
import {
  CommandError,
  type OrganisationOption,
  organisationsFor,
  type PoliciesOption,
  print,
} from './organisations.ts';

const html = new MarkdownIt().utils.escapeHtml;

/** `signpost sign-off`: what a policy owner reads and approves, one document for each organisation. */
export async function signOffCommand(options: OrganisationOption & { out: string }): Promise<void> {
  const graphviz = await Graphviz.load();
  for (const organisation of await organisationsFor(options)) {
    const file = join(options.out, `sign-off-${organisation.id}.html`);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(
      file,
      signOffDocument(organisation, (flow) => graphviz.dot(diagram(flow))),
    );
    print(`Wrote ${file}. Open it in a browser and print it, on paper or as a PDF.`);
  }
}

/** `signpost approve`: records that the policy owner approves the content as it is now. */
export async function approveCommand(options: PoliciesOption & { organisation: string; role: string }): Promise<void> {
  const [organisation] = await organisationsFor(options);
  if (organisation === undefined) throw new CommandError('Name an organisation with --organisation.');
  const file = join(options.policies, organisation.id, SIGN_OFF);
  const earlier = existsSync(file) ? SignOffFile.parse(parse(readFileSync(file, 'utf8')) ?? {}) : { approvals: [] };
  const date = new Date().toISOString().slice(0, 10);
  const approvals = [...earlier.approvals, { role: options.role, date, content: organisation.content }];
  const comment =
    '# Approvals of this organisation’s guidance, newest last. Each names the content that was approved:\n# one changed character voids it. Written by: npm run signpost -- approve\n';
  writeFileSync(file, comment + stringify({ approvals }));
  print(`Recorded in ${file}: approved by the ${options.role} on ${date}. Any change to the guidance voids it.`);
}

/** The document as one HTML page without scripts, that reads well on paper. */
export function signOffDocument(organisation: Organisation, draw: (flow: Flow) => string): string {
  const { policy, settings } = organisation;
  const coverage = coverageOf(organisation);
  const flows = [...organisation.flows.values()];
  const shared = sharedOutcomes(organisation);
  const fact = (name: string, value: string | undefined): string =>
    `<tr><th scope="row">${name}</th><td>${html(value ?? 'not stated')}</td></tr>`;
  const approval =
    organisation.approval === undefined
      ? 'Draft: not yet approved'
      : `Approved by the ${organisation.approval.role} on ${organisation.approval.date}`;
  return `<!doctype html>
<html lang="en-GB">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Sign-off: ${html(settings.name)}</title>
<style>${STYLE}</style>
</head>
<body>
<h1>Guidance for approval</h1>
<p class="lead">${html(settings.name)}</p>
<table class="facts">
${fact('Policy', policy.title)}
${fact('Version', policy.version)}
${fact('Approved', policy.approved)}
${fact('Review due', policy['review-due'])}
${fact('Owner', policy.owner)}
${fact('State of this guidance', approval)}
${fact('Name of this content', organisation.content)}
</table>
<p>This is all that Signpost can tell staff of this organisation: ${flows.length} topics and ${pathsOf(organisation).length} ways through them.
Each line of advice names the clause that it rests on. Read each flow, then both tables of coverage, then approve with<br>
<code>npm run signpost -- approve --organisation ${organisation.id} --role "${html(policy.owner)}"</code></p>
<h2>Topics</h2>
<ol class="contents">${flows.map((flow) => `<li><a href="#${flow.flow}">${html(flow.title)}</a></li>`).join('')}</ol>
${flows.map((flow) => flowSection(organisation, flow, draw(flow), shared)).join('\n')}
<section class="flow"><h2>Answers that several topics share</h2>
${[...shared].map(([id, outcome]) => `<div id="shared-${id}">${outcomeSection(organisation, id, outcome)}</div>`).join('\n')}</section>
${clauseTable(organisation, coverage)}
${contactTable(organisation)}
<section class="sign"><h2>Approval</h2>
<table class="facts"><tr><th scope="row">Role</th><td></td></tr><tr><th scope="row">Signature</th><td></td></tr><tr><th scope="row">Date</th><td></td></tr></table></section>
</body>
</html>
`;
}

/** Answers that several flows lead to, by id: printed once. */
function sharedOutcomes(organisation: Organisation): ReadonlyMap<string, Outcome> {
  const seen = new Map<string, Outcome[]>();
  for (const flow of organisation.flows.values()) {
    for (const [id, outcome] of Object.entries(flow.outcomes)) seen.set(id, [...(seen.get(id) ?? []), outcome]);
  }
  return new Map(
    [...seen].flatMap(([id, all]): [string, Outcome][] => {
      const [first] = all;
      return first !== undefined && all.length > 1 && all.every((one) => one === first) ? [[id, first]] : [];
    }),
  );
}

function flowSection(
  organisation: Organisation,
  flow: Flow,
  svg: string,
  shared: ReadonlyMap<string, Outcome>,
): string {
  const ways = pathsOf(organisation).filter((path) => path.flow === flow.flow);
  return `<section class="flow" id="${flow.flow}">
<h2>${html(flow.title)}</h2>
<div class="diagram">${svg.slice(svg.indexOf('<svg'))}</div>
<h3>Every way through</h3>
<ol class="paths">${ways.map((path) => `<li>${html(pathLine(path))}</li>`).join('')}</ol>
<h3>Every answer</h3>
${Object.entries(flow.outcomes)
  .map(([id, outcome]) =>
    shared.has(id)
      ? `<p class="outcome ${outcome.verdict}"><span class="verdict">${outcome.verdict}</span> ${html(outcome.headline)} <a href="#shared-${id}">Several topics share this answer: ${id}</a></p>`
      : outcomeSection(organisation, id, outcome),
  )
  .join('\n')}
${clauseList(organisation, Object.values(flow.outcomes))}
</section>`;
}

/** The clauses that these answers rest on, in plain English, each once. */
function clauseList(organisation: Organisation, outcomes: readonly Outcome[]): string {
  const cited = new Map(outcomes.flatMap((outcome) => citationsIn(organisation, outcome)).map((one) => [one.id, one]));
  const items = [...cited.values()]
    .toSorted((a, b) => a.id.localeCompare(b.id, 'en', { numeric: true }))
    .map(({ id, summary }) => `<li><b>${id}</b> ${html(summary)}</li>`);
  return `<h3>The clauses behind these answers</h3>\n<ul class="clauses">${items.join('')}</ul>`;
}

function outcomeSection(organisation: Organisation, id: string, outcome: Outcome): string {
  const steps = outcome.steps.map((step) => {
    const behind = step.clauses.length > 0 ? step.clauses.join(', ') : 'the policy is silent';
    return `<li>${html(step.do)} <span class="small">[${behind}]</span></li>`;
  });
  const contacts = outcome.contacts.flatMap((contact) => organisation.contacts.get(contact)?.role ?? []);
  const raised =
    outcome.escalate === undefined
      ? 'Not raised.'
      : `Can be raised: ${outcome.escalate.route}, ${outcome.escalate.urgency}, ${outcome.escalate.category}.`;
  return `<article class="outcome ${outcome.verdict}">
<h4><span class="verdict">${outcome.verdict}</span> ${html(outcome.headline)} <code>${id}</code></h4>
<ol>${steps.join('')}</ol>
${outcome['policy-silent'] === undefined ? '' : `<p><b>What the policy does not say:</b> ${html(outcome['policy-silent'])}</p>`}
<p class="small">${contacts.length > 0 ? `Contacts: ${html(contacts.join('; '))}. ` : ''}${html(raised)}</p>
</article>`;
}

function clauseTable(organisation: Organisation, coverage: Coverage): string {
  const rows = coverage.clauses.map((clause) => {
    const summary = organisation.citations.get(clause.id)?.summary ?? '';
    const outcomes = clause.outcomes.join('<br>') || html(clause['not-decidable'] ?? 'none');
    return `<tr><th scope="row">${clause.id}</th><td>${clause.kind}</td><td>${html(summary)}</td><td class="small">${outcomes}</td></tr>`;
  });
  return `<section><h2>Every clause, and the answers that rest on it</h2>
<table><thead><tr><th>Clause</th><th>Kind</th><th>In plain English</th><th>Answers</th></tr></thead><tbody>${rows.join('')}</tbody></table></section>
<section><h2>Every answer, and its clauses</h2>
<table><thead><tr><th>Answer</th><th>Clauses</th></tr></thead><tbody>${coverage.outcomes
    .map(
      ({ outcome, clauses }) =>
        `<tr><td>${outcome}</td><td>${clauses.join(', ') || 'none: the policy is silent'}</td></tr>`,
    )
    .join('')}</tbody></table></section>`;
}

function contactTable(organisation: Organisation): string {
  const rows = [...organisation.contacts.values()].map(
    (contact) =>
      `<tr><td>${html(contact.role)}</td><td>${html(contact.phone ?? '')}</td><td>${html(contact.email ?? '')}</td><td>${html(contact.note ?? '')}</td><td>${contact.clauses.join(', ')}</td></tr>`,
  );
  return `<section><h2>Contacts</h2><table><thead><tr><th>Role</th><th>Phone</th><th>Email</th><th>Note</th><th>Clauses</th></tr></thead><tbody>${rows.join('')}</tbody></table></section>`;
}

const STYLE = `
@page { size: A4; margin: 16mm 14mm; }
body { font: 10pt/1.4 Arial, sans-serif; color: #212b32; max-width: 190mm; margin: 0 auto; padding: 0 4mm; }
h1 { font-size: 24pt; margin-bottom: 0; } h2 { font-size: 16pt; margin-top: 10mm; } h3 { font-size: 12pt; }
h4 { font-size: 11.5pt; margin: 0 0 2mm; } .lead { font-size: 14pt; margin-top: 1mm; } .small { font-size: 9pt; color: #4c6272; }
table { border-collapse: collapse; width: 100%; font-size: 9.5pt; } th, td { border: 1px solid #aeb7bd; padding: 1.5mm 2mm; text-align: left; vertical-align: top; overflow-wrap: anywhere; }
thead { display: table-header-group; } tr { break-inside: avoid; } .facts th { width: 45mm; background: #f0f4f5; }
code { font-size: 8.5pt; color: #4c6272; } .contents { columns: 2; }
.flow { break-before: page; } .diagram svg { max-width: 100%; max-height: 235mm; height: auto; }
.paths { font: 8pt/1.4 "Courier New", monospace; overflow-wrap: anywhere; }
.outcome { border-left: 2mm solid #4c6272; padding: 1mm 0 1mm 4mm; margin: 0 0 4mm; }
.outcome li, .outcome h4 { break-inside: avoid; } h2, h3, h4 { break-after: avoid; }
.outcome.yes { border-color: #007f3b; } .outcome.yes-if, .outcome.ask-first { border-color: #ffb81c; }
.outcome.no, .outcome.report, .outcome.act-now { border-color: #d5281b; }
.verdict { font-size: 8.5pt; text-transform: uppercase; border: 1px solid #4c6272; padding: 0 1.5mm; }
.clauses { font-size: 8.5pt; color: #4c6272; margin: 1mm 0 1.5mm; }
.sign { break-inside: avoid; } .sign td { height: 12mm; }
`;
