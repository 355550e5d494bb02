import { beforeAll, describe, expect, test } from '@jest/globals';
import type { Flow } from '../../../src/guidance/types.ts';
import { CONTRACT, type FlowView } from '../../../src/web/desk/contract.ts';
import { flowView, guidanceList, guidancePaths, loadDrawing } from '../../../src/web/desk/guidance.ts';
import { type Change, loadExampleTrust } from '../../guidance/example-trust.ts';

const CLAUSES = 'example-trust/clauses.yaml';
const FILMING = 'example-trust/flows/filming.yaml';
const ORGANISATION = 'example-trust/organisation.yaml';

const draw = ({ flow }: Flow): string => `<svg>${flow}</svg>`;

function filming(...changes: readonly Change[]): FlowView {
  const view = flowView(loadExampleTrust(...changes), 'filming', draw);
  if (view === undefined) throw new Error('There is no flow filming.');
  return view;
}

describe('the guidance of an organisation at the desk', () => {
  test('begins with the policy, and says nothing for what the policy does not state', () => {
    expect(guidanceList(loadExampleTrust()).policy).toEqual({
      title: 'Example policy',
      version: null,
      approved: '2026-01-01',
      reviewDue: '2028-01-01',
      owner: 'Head of Safeguarding',
      link: null,
    });
  });

  test('is a draft until this content is approved, and again after the next change', () => {
    const draft = guidanceList(loadExampleTrust());
    expect(draft.approval).toBeNull();
    const approve: Change = {
      file: 'example-trust/sign-off.yaml',
      add: `approvals:\n  - { role: Head of Safeguarding, date: 2026-02-03, content: ${draft.content} }\n`,
    };
    expect(guidanceList(loadExampleTrust(approve))).toMatchObject({
      approval: { role: 'Head of Safeguarding', date: '2026-02-03' },
      content: draft.content,
    });
    const changed = guidanceList(loadExampleTrust(approve, { file: FILMING, find: 'A visitor', put: 'Any visitor' }));
    expect(changed.approval).toBeNull();
    expect(changed.content).not.toBe(draft.content);
  });

  test('lists each topic with its group, its ways and its answers, the danger flow first', () => {
    const { groups, flows } = guidanceList(loadExampleTrust());
    expect(groups).toEqual([
      { id: 'danger', name: 'Danger' },
      { id: 'filming', name: 'Filming' },
    ]);
    const edition = expect.any(String);
    expect(flows).toEqual([
      { id: 'at-risk', title: 'Someone is at risk now', group: 'danger', danger: true, paths: 1, outcomes: 1, edition },
      { id: 'filming', title: 'Someone is filming', group: 'filming', danger: false, paths: 4, outcomes: 3, edition },
      { id: 'lunch', title: 'May I post my lunch?', group: 'filming', danger: false, paths: 1, outcomes: 1, edition },
    ]);
  });

  test('names the answers that rest on a clause', () => {
    expect(guidanceList(loadExampleTrust()).clauses[0]).toEqual({
      id: 'EX-1',
      section: '1',
      kind: 'duty',
      summary: 'Tell the senior person.',
      usedIn: [
        { flow: 'filming', title: 'Someone is filming', outcome: 'tell-senior', headline: 'Tell the senior person' },
      ],
      notDecidable: null,
    });
  });

  test('says why no answer can rest on a clause', () => {
    const unused: Change = {
      file: CLAUSES,
      find: 'clauses:\n',
      put: 'clauses:\n  - { id: EX-9, section: "9", kind: duty, summary: Be kind., not-decidable: It asks no one thing. }\n',
    };
    expect(guidanceList(loadExampleTrust(unused)).clauses[0]).toMatchObject({
      id: 'EX-9',
      usedIn: [],
      notDecidable: 'It asks no one thing.',
    });
  });

  test('has every way through every topic, the danger flow first', () => {
    const { flows } = guidancePaths(loadExampleTrust());
    expect(flows.map(({ id, paths }) => [id, paths.length])).toEqual([
      ['at-risk', 1],
      ['filming', 4],
      ['lunch', 1],
    ]);
    expect(flows[1]?.paths[1]).toEqual({
      answers: [
        { question: 'Danger', answer: 'No' },
        { question: 'Who', answer: 'A visitor' },
      ],
      options: ['no', 'visitor'],
      outcome: 'tell-senior',
      headline: 'Tell the senior person',
      verdict: 'report',
      clauses: ['EX-1', 'EX-2'],
    });
  });
});

describe('a topic at the desk', () => {
  test('is not there where the organisation has no such flow', () => {
    expect(flowView(loadExampleTrust(), 'flying', draw)).toBeUndefined();
    expect(flowView(loadExampleTrust(), 'constructor', draw)).toBeUndefined();
  });

  test('can be walked: each question has its options, and each option leads on', () => {
    const { start, questions, outcomes } = filming();
    expect(start).toBe('danger');
    expect(questions.danger).toEqual({
      ask: 'Is anyone in danger?',
      why: 'Danger comes first.',
      danger: true,
      options: [
        { option: 'yes', label: 'Yes', next: 'danger-now' },
        { option: 'no', label: 'No', next: 'who' },
      ],
    });
    const places = [...Object.keys(questions), ...Object.keys(outcomes)];
    for (const { options } of Object.values(questions)) for (const { next } of options) expect(places).toContain(next);
  });

  test('has the answers with their steps, the clauses behind them, whom to ask and how they are raised', () => {
    expect(filming().outcomes['tell-senior']).toEqual({
      verdict: 'report',
      headline: 'Tell the senior person',
      steps: [
        { do: 'Find the senior person.', clauses: ['EX-1'] },
        { do: 'Do not film anything yourself.', clauses: ['EX-2'] },
      ],
      policySilent: null,
      contacts: [{ role: 'Senior person in charge', phone: '4455', email: null, note: '' }],
      citations: [
        { id: 'EX-1', section: '1', summary: 'Tell the senior person.' },
        { id: 'EX-2', section: '2', summary: 'Do not film patients.' },
      ],
      raise: { route: 'The nurse in charge and the channel', urgency: 'urgent', category: 'Filming' },
    });
  });

  test('says what the policy does not say, and that such an answer is not raised', () => {
    expect(filming().outcomes['ask-first']).toMatchObject({
      policySilent: 'The policy does not say what a patient may film.',
      citations: [],
      raise: null,
    });
  });

  test('gives the public source of a fact that is not from the policy', () => {
    expect(filming().outcomes['danger-now']?.citations).toEqual([
      {
        id: 'NAT-999',
        section: null,
        summary: 'Ring 999 if someone is in danger now. Source: An invented source, https://example.org/999',
      },
    ]);
  });

  test('says when a contact answers, and where else to look', () => {
    const organisation = loadExampleTrust(
      {
        file: ORGANISATION,
        find: '  site-desk:\n',
        put: '  press-office:\n    role: Press office\n    phone: "7788"\n    in-hours-only: true\n    link: https://example.org/press\n    note: Ask for Sam.\n  site-desk:\n',
      },
      {
        file: 'example-trust/flows/lunch.yaml',
        find: 'verdict: yes\n',
        put: 'verdict: yes\n    contacts: [press-office]\n',
      },
    );
    expect(flowView(organisation, 'lunch', draw)?.outcomes['post-it']?.contacts).toEqual([
      {
        role: 'Press office',
        phone: '7788',
        email: null,
        note: 'Ask for Sam. Phone answered Monday to Friday, 9am to 5pm, not on bank holidays. https://example.org/press',
      },
    ]);
  });

  test('owns up to a contact that the organisation has still to set', () => {
    const unset: Change = { file: ORGANISATION, find: '    phone: "4455"\n', put: '    set-before-live: true\n' };
    // A route ends in somebody with a number all the same.
    const last = 'notify: [{ whom: ring, contact: senior }]';
    const ends: Change = { file: ORGANISATION, find: last, put: last.replace('senior', 'site-desk') };
    expect(filming(unset, ends).outcomes['tell-senior']?.contacts[0]).toEqual({
      role: 'Senior person in charge',
      phone: null,
      email: null,
      note: 'Your Trust has not told Signpost how to reach them.',
    });
  });

  test('keeps what the pages and the server have agreed', () => {
    const organisation = loadExampleTrust();
    expect(() => CONTRACT.guidance.answer.parse(guidanceList(organisation))).not.toThrow();
    expect(() => CONTRACT.paths.answer.parse(guidancePaths(organisation))).not.toThrow();
    for (const id of organisation.flows.keys()) {
      expect(() => CONTRACT.flow.answer.parse(flowView(organisation, id, draw))).not.toThrow();
    }
  });
});

describe('the diagram of a topic at the desk', () => {
  let drawing: (flow: Flow) => string;
  beforeAll(async () => {
    drawing = await loadDrawing();
  });

  test('is an SVG of the whole flow, ready to stand in a page', () => {
    const view = flowView(loadExampleTrust(), 'filming', drawing);
    expect(view?.diagram).toMatch(/^<svg [\s\S]*<title>tell&#45;senior<\/title>[\s\S]*<\/svg>\s*$/);
  });

  test('changes with the flow', () => {
    const changed = loadExampleTrust({ file: FILMING, find: 'Who is filming?', put: 'Who has a camera?' });
    expect(flowView(changed, 'filming', drawing)?.diagram).toContain('Who has a camera?');
    expect(flowView(loadExampleTrust(), 'filming', drawing)?.diagram).toContain('Who is filming?');
  });
});
